"""Lineage: from an id on a published list back to the delivered rows that it rests on. What `mingjing trace` shows.

Reads   the lake alone, without an engine: gold, silver, vault, bronze and ops, each table in the version that the list was made of
Writes  nothing

The versions stand in ops.runs: the run that published the list, and step by step the runs that wrote what it read. A later run
that was stopped, or a delivery that was only taken in, therefore changes no answer.
"""
