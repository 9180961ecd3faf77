"""Find needs: people who should be helped, or get less than they should. Ranked by need, never by what it would cost or save.

Reads   silver.<registers>           one row per delivered row               key _file_id, _sheet, _row
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.cases                 one row per benefit household           key case_id
        silver.identities            one row per number and name             key number_key, name_key
        silver.entitlement_months    one row per case and month              key case_id, for_month
        silver.links, silver.aliases records and numbers that mean somebody else
        bronze.<registers>           names that a machine could not write alike, compared and forgotten
        gold.needs                   the run before: when a need was first seen
Writes  gold.needs                   one row per rule and person looked at   key need_id
Re-run  safe: the table is replaced in one commit.
"""
