"""Learn: verdicts in, the account of all clues, and a ranking that is promoted only where it is better.

Reads   files of verdicts            a CSV file, or our workbook filled in   contract: line of the delivery contract, 3.4
        gold.listed_clues            one row per run and clue                key as_of, clue_id
        gold.clues, silver.persons, and the registers of people and disability: only for the test of proxies
        silver.entitlement_months    one row per case and month              key case_id, for_month
        ops.ledger                   which visits were drawn at random       key as_of, list_no, case_id
        the case store               the verdicts so far, see jobs/casebook
        vault.verdicts               the same as the lake shows them         key clue_id, verdict_no
        ops.casework                 how far the lake has followed           key store_id
        silver.cases                 townships, and routine visits           key case_id
        ops.files                    which delivery was the last             key delivery_id, file_name, sha256
Writes  the case store               an event per verdict; all of a take-in, or none
        vault.verdicts               one row per verdict, replaced ones kept key clue_id, verdict_no
        ops.case_states              one row per case                        key case_id
        ops.casework                 how far the lake has followed           key store_id
        ops.verdict_totals           one row per rule and county             key rule_code, county_code
        OUT/learning                 reliability of the probabilities, as a table and a picture
        the model registry           a version of the ranking when verdicts are new
Re-run  safe: the same verdicts change nothing and train nothing; each table is replaced in one commit.
"""
