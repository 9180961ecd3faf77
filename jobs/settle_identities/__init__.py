"""Settle identities: take in what two inspectors decided on who is who. The next run of link_people obeys it.

Reads   ops.files                    one row per file delivered               key delivery_id, file_name, sha256
        bronze.<all data sets>       the rows that the decisions name         key _file_id, _sheet, _row
        silver.<all data sets>       one row per delivered row                key _file_id, _sheet, _row
Writes  vault.identity_verdicts      one row per pair of records decided on   key left, right
Re-run  safe: the same decision again changes nothing; one that turns an earlier one round must say so; one commit.
"""
