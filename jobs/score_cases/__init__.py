"""Score: how strange each case is, rules aside, and the cases that are strange though no rule found anything in them.

Reads   gold.findings                one row per rule and thing looked at    key rule_code, case_id, subject_key, thing_key
        silver.cases                 one row per benefit household           key case_id
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.entitlement_months    one row per case and month              key case_id, for_month
        vault.verdicts               one row per verdict on a clue           key clue_id, verdict_no
        gold.household_states        the households as they stood in earlier runs   key as_of, case_id
        bronze.dibao_roster, bronze.tekun_roster   numbers of accounts, for their neighbours; they stay in memory
        silver.kin, silver.deaths, silver.persons, silver.identities, and the registers with silver.links, silver.aliases
Writes  gold.case_scores             one row per case                        key case_id
        gold.patterns                one row per case with something strange key case_id
        gold.household_states        one row per run and case, the last runs key as_of, case_id
        gold.novel_findings          one row per case with a pattern         key rule_code, case_id, subject_key, thing_key
        the model registry           a version of the model when the training data or parameters are new
Re-run  safe: the same data trains nothing again, each table is replaced in one commit.
"""
