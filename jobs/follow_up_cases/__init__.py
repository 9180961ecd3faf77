"""Follow up cases: the sheets that go out for what comes back after a verdict: rectification, recovery, accountability, appeals.

Reads   the case store               confirmed clues, and what was done about them so far
        gold.case_files              what passes by the office that approved      key as_of, case_id
        silver.cases, vault.people   who draws what, and where                    key case_id; person_id
        gold.clues                   what was asked of the clue, while it is found    key clue_id
        vault.verdicts, ops.casework: only to take over an OUT of an earlier version, and to follow
Writes  OUT/restricted/follow_up     a folder a day, a workbook a township
        vault.verdicts, ops.case_states, ops.casework: as jobs/project_cases
Re-run  safe: the workbooks of the day are made anew from what is recorded by then.

What is filled in comes back by mingjing take-in. What was reported before and is not done yet stands in the cells: handed in as it is, it
adds nothing.
"""
