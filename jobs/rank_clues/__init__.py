"""Rank: in which order the clues are worth a visit, and the cases that an inspector gets.

Reads   gold.findings, gold.novel_findings   one row per thing looked at     key rule_code, case_id, subject_key, thing_key
        gold.patterns                one row per case with something strange key case_id
        gold.case_scores             one row per case                        key case_id
        gold.key_persons             one row per case and kind of key person key case_id, title
        ops.rule_coverage            which rules the flood guard holds back  key rule_code
        silver.cases                 one row per benefit household           key case_id
        gold.clues, gold.case_files  the runs before: what was seen when, and how it stood
        the model registry           the ranking in use, where verdicts have taught one
Writes  gold.clues                   one row per clue                        key clue_id
        gold.listed_clues            one row per run and clue                key as_of, clue_id
        gold.case_files              one row per run and case to visit       key as_of, case_id
Re-run  safe: each table is replaced in one commit; what a case is told against is the last run of an earlier day.
"""
