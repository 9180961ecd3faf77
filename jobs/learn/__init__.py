"""Learn: the account of all clues, and a ranking that is promoted only where it is better. mingjing learn takes verdicts in first.

Reads   vault.verdicts               the verdicts so far                     key clue_id, verdict_no
        gold.listed_clues            one row per run and clue                key as_of, clue_id
        gold.clues, silver.persons, and the registers of people and disability: only for the test of proxies
        ops.files                    which delivery was the last             key delivery_id, file_name, sha256
Writes  ops.verdict_totals           one row per rule and county             key rule_code, county_code
        OUT/learning                 reliability of the probabilities, as a table and a picture
        the model registry           a version of the ranking when verdicts are new
Re-run  safe: the same verdicts train nothing; the table is replaced in one commit.
"""
