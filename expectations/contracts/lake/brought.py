"""What is kept beside each decision of people: who brought it in, from where and when."""

from expectations.contracts.model import INT, TEXT, Column

BROUGHT = (
    Column(
        "brought_by", TEXT, "user of the machine who took it in; null in this and the next five = taken in by an earlier version"
    ),
    Column("recorded_at", TEXT, "instant of the import, ISO 8601 in UTC"),
    Column("source_file", TEXT, "name of the file that it came in"),
    Column("source_sha256", TEXT, "SHA-256 of that file"),
    Column("source_sheet", TEXT, "sheet, empty for a text file"),
    Column("source_row", INT, "row of the file or sheet, from 1"),
)
