"""Editions: full lists leave as locked files, numbered, each telling whose it is; and whose a leaked one was.

Reads   OUT/restricted/**, OUT/{plans,prepay}/*/restricted/**    lists in full, as the runs wrote them
        the case store                                  the register of editions
Writes  OUT/editions/<number>/**                        workbooks and documents under a password, all else in containers
        the case store                                  one row an edition, see casework.editions
Re-run  each time another edition: a password is drawn, told once and kept nowhere. Killed before its end, a number stays without files.
"""
