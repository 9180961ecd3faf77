"""Link: who is who, which household draws what, and who has died.

Reads   silver.<all data sets>       one row per delivered row               key _file_id, _sheet, _row
        bronze.<all data sets>       the names behind digests that disagree, and the numbers for the vault
        vault.identity_verdicts      one row per decision of inspectors       key left, right
Writes  silver.aliases               one row per number and name given up     key number_key, name_key
        silver.link_candidates       one row per record and candidate         key data_set, role, origin, number_key, name_key
        silver.links                 one row per record tied otherwise        key data_set, role, origin
        ops.identity_counts          one row per role, grade and reason       key data_set, role, grade, reason
        silver.identities            one row per number and name             key number_key, name_key
        silver.persons               one row per person of a benefit         key person_id
        silver.person_ids            one row per number and name ever seen    key number_key, name_key
        ops.person_changes           one row per person merged or split       key as_of, number_key, name_key
        silver.kin                   one row per person, relative, register   key number_key, name_key, kin_..., relation, data_set
        silver.cases                 one row per benefit household           key case_id
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.entitlement_months    one row per case and month              key case_id, for_month
        silver.deaths                one row per number and name             key number_key, name_key
        vault.people                 one row per person of a benefit         key person_id
Re-run  safe: each table is replaced in one commit.
"""
