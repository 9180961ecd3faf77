"""Plan: the list for a number of visits, and the ledger of why each case is on it.

Reads   gold.clues                   one row per clue of the last run        key clue_id
        gold.case_files              one row per run and case to visit       key as_of, case_id
        gold.listed_clues            by which ranking the run was scored     key as_of, clue_id
        vault.verdicts               what visits found, once any came back   key clue_id, verdict_no
        ops.case_states              what was set aside or opened again      key case_id
        ops.ledger                   the lists made so far                   key as_of, list_no, case_id
        gold.key_persons             whose case is handled apart             key case_id, title
        vault.people, silver.cases, silver.members, bronze.<rosters, payments>, ops.files    what the list shows
Writes  ops.ledger                   one row per list and case               key as_of, list_no, case_id
        OUT/plans/<day>/restricted   plan.csv and one workbook a county in full, readable by their owner only
        OUT/plans/<day>/exports      the same, masked
Re-run  safe: the same day, number and data give the same list, and the ledger is written once. Another number on the same day
        takes the place of the day's list, unless its visits have begun. The ledger is written when the lists stand ready.
"""
