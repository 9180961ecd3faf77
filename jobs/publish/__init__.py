"""Publish: the ranked clues as a list and as one workbook per county and township; beside them the lists of needs and of checks.

Reads   gold.clues                   one row per clue                        key clue_id
        gold.needs                   one row per rule and person looked at   key need_id
        gold.checks                  one row per thing found of a member     key check_id
        vault.verdicts               what visits found, once any came back   key clue_id, verdict_no
        ops.ledger                   the lists of visits so far              key as_of, list_no, case_id
        vault.people                 one row per person of a benefit         key person_id
        silver.cases                 one row per benefit household           key case_id
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.check_requests        one row per member of an application    key see its contract
        bronze.<registers>           number and name of people whom the vault does not know
        ops.files                    one row per file                        key file_name, sha256
Writes  OUT/restricted/clues.csv, needs.csv, checks.csv, workbooks/*.xlsx    numbers and names in full, readable by their owner only
        OUT/exports/clues.csv, needs.csv, checks.csv, workbooks/*.xlsx       the same, masked
Re-run  safe: the same tables give the same bytes; both zones are replaced together or not at all (jobs/runtime/results.py).
"""
