"""Retention: what has expired is removed physically, what an open case or an appeal rests on stays, and a certificate says so.

Reads   the lake without an engine, the lists of results, the case store
Writes  tables without the rows that have expired, and without any history; OUT/certificates; the audit log
Re-run  safe: a purge that was killed is gone on with by the same command, and its certificate counts all of it.
"""
