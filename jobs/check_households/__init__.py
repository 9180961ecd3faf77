"""Check households that apply: what the registers hold of each member who authorised it. Apart from supervision.

Reads   silver.check_requests        one row per member of an applying household   key _file_id, _sheet, _row
        silver.<registers>           one row per delivered row                     key _file_id, _sheet, _row
        silver.links, silver.aliases register rows whose number means somebody else
        bronze.<registers>           names that a machine could not write alike, compared and forgotten
        ops.purposes                 what earlier runs served
Writes  gold.checks                  one row per thing found, and one per household key check_id
        ops.purposes                 that the day's run checks, too               key as_of, purpose
Re-run  safe: the table is replaced in one commit.

Nothing here flows back: no clue, feature or identity of supervision reads a request (decision 0015, tests/test_purposes.py).
"""
