"""Take in: what comes back from townships, counties and owners of data becomes events; what cannot be used goes back as a 补正单.

Reads   returned files               workbooks and CSV of all tables          see forms.py
        gold.listed_clues            one row per run and clue                 key as_of, clue_id
        gold.case_files              cases apart from the office              key as_of, case_id
        gold.needs, gold.checks      what went out, and where it belongs      key need_id; check_id
        silver.entitlement_months    one row per case and month               key case_id, for_month
        silver.cases                 townships, and routine visits            key case_id
        ops.ledger                   the lists of visits                      key as_of, list_no, case_id
        the case store               what was said so far, see jobs/casebook
        vault.verdicts               verdicts of an earlier version, which are taken over once
        ops.casework                 how far the lake has followed            key store_id
        ops.files                    which delivery was the last              key delivery_id, file_name, sha256
Writes  the case store               an event per usable row; all of a take-in, or none
        vault.verdicts               one row per verdict, replaced ones kept  key clue_id, verdict_no
        ops.case_states              one row per case                         key case_id
        ops.casework                 how far the lake has followed            key store_id
        OUT/restricted/returns       a folder a take-in: the account, and a 补正单 a township
Re-run  safe: the same files add nothing, and write the same folder again.
"""
