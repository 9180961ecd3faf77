"""Ingest: every row of every accepted file becomes a bronze row; what cannot be used is quarantined with its reason.

Reads   the delivery folder
        ops.files            one row per file ever delivered                key delivery_id, file_name, sha256
Writes  bronze.<data set>    one row per row read, as received             key _file_id, _sheet, _row
        quarantine.rows      one row per row that could not be used         key data_set, _file_id, _sheet, _row
        ops.files            the same with this delivery's accounts, every status as of the run's day
Re-run  safe: a file whose hash is in bronze already is not read again; the rest is rebuilt from bronze.
"""
