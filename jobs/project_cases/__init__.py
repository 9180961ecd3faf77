"""Project cases: the lake's tables of verdicts and cases are brought to the last event of the case store.

Reads   the case store               OUT/casework.db, or the database of MINGJING_CASEWORK_URL
        vault.verdicts               verdicts of an earlier version, which are taken over once
        silver.cases                 townships of what is taken over
        ops.casework                 how far the lake has followed           key store_id
Writes  vault.verdicts               one row per verdict, replaced ones kept key clue_id, verdict_no
        ops.case_states              one row per case                        key case_id
        ops.casework                 how far the lake has followed           key store_id
Re-run  safe: without a new event nothing is written. Killed in between, the next run begins here again.
"""
