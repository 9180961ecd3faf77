"""Report fairness: how lists and visits fall on groups of people, from data that no model sees.

Reads   silver.cases                 one row per benefit household           key case_id
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.persons               day of birth                            key person_id
        silver.household_registry    sex
        silver.disabilities          certificates, by number
        gold.case_files              what was dispatched                     key as_of, case_id
        vault.verdicts               what visits found, once any came back   key clue_id, verdict_no
        the features of every case that the run has kept in the lake's scratch, to see which of them tell who somebody is
        ops.files                    which delivery the report is of         key delivery_id, file_name, sha256
Writes  OUT/fairness/fairness.csv, fairness.svg, proxies.csv    groups and counts, nobody in person
Re-run  safe: the same tables give the same bytes.
"""
