"""Dispatch cases: the cases of a list of visits go to the townships that have them in hand, each with its day.

Reads   ops.ledger                   the cases of the list                   key as_of, list_no, case_id
        gold.case_files              county, township, key person            key as_of, case_id
        gold.key_persons, silver.cases   the same of cases without a file, drawn at random
        gold.listed_clues            the clues to visit of each case         key as_of, clue_id
        vault.verdicts, silver.cases, ops.casework: only to take over an OUT of an earlier version, and to follow
Writes  the case store               an event per case; all of a list, or none
        vault.verdicts, ops.case_states, ops.casework: as jobs/project_cases
Re-run  safe: a case that is out with the same clues is left as it is.

A case that touches a key person passes by the office that approved it (is_separate): the city's own team has it.
"""
