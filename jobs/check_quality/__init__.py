"""Quality gate: what was delivered against its suites, before anything is concluded from it; return slips for the departments.

Reads   silver.<all data sets>       one row per delivered row               key _file_id, _sheet, _row
        ops.files                    one row per file ever delivered         key delivery_id, file_name, sha256
        quarantine.rows, bronze.<all data sets>    what the return slips show, masked
Writes  ops.number_states            one row per file, number column, state  key data_set, file_id, role, state
        ops.columns                  one row per file and column             key data_set, file_id, field
        ops.coverage                 one row per hole in the delivery        key data_set, area, month
        ops.quality                  one row per run and bound               key as_of, delivery_no, table_name, measure, severity
        ops.totals                   one row per run, register and county    key as_of, delivery_no, data_set, county_code
        OUT/quality                  Data Docs of this run, readable without a server
        OUT/slips                    a workbook a department, masked, ready to send back
Re-run  safe: tables, pages and slips are replaced. Raises DataRefused (exit code 3) on a critical failure, after the slips
        are written and before the totals are: what was stopped is nothing to compare the next delivery with.
"""
