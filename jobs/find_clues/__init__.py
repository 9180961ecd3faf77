"""Find clues: facts about entitlement that a caseworker should verify. A clue accuses nobody.

Reads   ops.coverage                 one row per register missing somewhere  key data_set, area, month
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.cases                 one row per benefit household           key case_id
        silver.persons               one row per person of a benefit         key person_id
        silver.identities            one row per number and name             key number_key, name_key
        silver.kin                   one row per person, relative, register   key number_key, name_key, kin_..., relation, data_set
        silver.links, silver.aliases records and numbers that mean somebody else
        silver.entitlement_months    one row per case and month              key case_id, for_month
        silver.deaths                one row per number and name             key number_key, name_key
        silver.<registers>           one row per delivered row               key _file_id, _sheet, _row
Writes  gold.findings                one row per rule and thing looked at    key rule_code, case_id, subject_key, thing_key
        gold.key_persons             one row per case and kind of key person key case_id, title
        ops.rule_coverage            one row per rule                        key rule_code
Re-run  safe: each table is replaced in one commit.
"""
