"""Check payments: a list of payments against everything known today, before the money goes. A hold is a question to a person, never a stop.

Reads   a list of payments to be made, a file or a delivery of data set payments_next
        silver.members, silver.cases, silver.persons, silver.identities, silver.kin, silver.links, silver.aliases, silver.deaths,
        silver.entitlement_months, silver.<registers>, ops.files    what the rules look at
        gold.clues, vault.verdicts   what a visit has said of a clue     key clue_id
        the case store               which cases are to be stopped or reduced
Writes  OUT/prepay/<day>_<list>/restricted   holds.csv, a workbook in Chinese and summary.json, readable by their owner only
        OUT/prepay/<day>_<list>/exports      the same, masked
Re-run  safe: the same list on the same lake and day gives the same bytes. No table and no list of a run is touched.

The rules of prepay.rules are asked as if the list had been paid; what they find in a month of the list is a question, beside those that
the list itself raises (QUESTIONS).
"""
