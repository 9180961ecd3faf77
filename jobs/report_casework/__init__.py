"""Report casework: what came of a period, from delivered rows to yuan recovered, as a workbook and as pages to print.

Reads   the case store               every event up to the last day of the period
        ops.files, ops.number_states, ops.runs   what departments sent, and how good it was
        gold.needs                   the last search for people to help      key need_id
        gold.checks, ops.purposes    the last check, of OUT/check where there is one   key check_id
        silver.cases                 counties and townships                  key case_id
        ops.ledger                   from how many households chance has drawn   key as_of, list_no, case_id
        silver of the registers      visits made, and who is to be visited; add-ons that are paid
        silver.links, silver.aliases as the search for needs reads the registers
        OUT/restricted/reports       what the public editions that are out were made of
Writes  OUT/restricted/reports/FROM_TO   the full edition, 工作报告.xlsx and 工作报告.pdf, and public.json, what the public one was made of
        OUT/exports/reports/FROM_TO      the public one: counts to the nearest five, small ones taken out
        vault.verdicts, ops.case_states, ops.casework: as jobs/project_cases
Re-run  safe: the same store, lake and editions that are out give the same bytes.

Counts only: no name, no number, no id of a household is on any page of either edition.
"""
