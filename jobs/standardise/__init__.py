"""Standardise: accepted bronze rows become typed silver rows; numbers, names and accounts become keyed digests.

Reads   bronze.<data set>    one row per row read                           key _file_id, _sheet, _row
        ops.files            one row per file                               key file_name, sha256
Writes  silver.<data set>    one row per accepted row of a current file that no other holds    key _file_id, _sheet, _row
        ops.files            the same with the rows that were delivered twice
Re-run  safe: each table is replaced in one commit.
"""
