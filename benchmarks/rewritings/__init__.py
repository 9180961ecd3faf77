"""Another form of the same meaning gives the same findings: a catalogue of rewritings of a delivery, and the check of this law.

files.py        a delivery as tables of texts with their meaning: read from a folder, written to one in any form
other_books.py  workbooks of other programs
cells.py        how a cell may be written otherwise
sheets.py       what may stand beside the rows, and how a header may be written
entries.py      what an entry of the catalogue is, and entries of one kind
cell_forms.py   every rewriting of cells, an entry each: a new one is a line there
catalogue.py    every other rewriting, and random combinations of all
law.py          what a delivery says: its rows typed, and what the rules find in them; the difference of two
__main__.py     python -m benchmarks.rewritings
"""
