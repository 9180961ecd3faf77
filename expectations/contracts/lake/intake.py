"""Tables of a delivery taken in: files, refused rows, number states, cells by column, holes, totals, expectations."""

from expectations.contracts.model import DATE, DOUBLE, FLAG, INT, LONG, ORIGIN, ORIGIN_COLUMNS, TEXT, Column, Table

FILES = Table(
    "ops",
    "files",
    "a file of a delivery, or of its manifest, ever made to this lake",
    ("delivery_id", "file_name", "sha256"),
    (
        Column("delivery_no", INT, "1 for the first delivery made to this lake", nullable=False),
        Column("delivery_id", TEXT, "first 16 hex digits of the SHA-256 of the manifest's lines", nullable=False),
        Column("file_id", TEXT, "first 16 hex digits of its SHA-256", nullable=False),
        Column("file_name", TEXT, "path in the delivery", nullable=False),
        Column("data_set", TEXT, "data set that the manifest names"),
        Column("reported_by", TEXT, "department", label="报送单位"),
        Column("area", TEXT, "area that the file covers", label="行政区划代码"),
        Column(
            "extract_date",
            DATE,
            "day that the extract stands for; null where it could not be read, then the file is refused",
            label="数据截止日期",
        ),
        Column(
            "status",
            TEXT,
            "what the file is on the day of the last run",
            values=("accepted", "refused", "duplicate", "superseded", "purged"),
        ),
        Column("reason", TEXT, "why it was not accepted, or what was odd"),
        Column("remarks", TEXT, "the same as JSON: codes with details, to be worded for the department"),
        Column("claimed_rows", LONG, "rows that the manifest claims", label="记录数"),
        Column("sha256", TEXT, "hash that the manifest claims"),
        Column("read_rows", LONG, "rows read; accepted + quarantined + skipped", unit="rows"),
        Column("accepted_rows", LONG, "rows in silver or, for a superseded file, in bronze only", unit="rows"),
        Column("quarantined_rows", LONG, "rows in quarantine.rows", unit="rows"),
        Column("skipped_rows", LONG, "title, subtotal, note and blank rows", unit="rows"),
        Column(
            "repeated_rows",
            LONG,
            "of the accepted rows, those that another file or a newer extract of the county holds: in bronze only",
            unit="rows",
        ),
    ),
)

QUARANTINE = Table(
    "quarantine",
    "rows",
    "a delivered row that could not be used",
    ("data_set", *ORIGIN),
    (
        Column("data_set", TEXT, "data set", nullable=False),
        *ORIGIN_COLUMNS,
        Column("reason", TEXT, "why, naming the column", nullable=False),
        Column("cells", TEXT, "JSON of the row as received"),
    ),
)

NUMBER_STATES = Table(
    "ops",
    "number_states",
    "a current file, a column of person numbers and a state",
    ("data_set", "file_id", "role", "state"),
    (
        Column("data_set", TEXT, "data set", nullable=False),
        Column("file_id", TEXT, "file; see ops.files", nullable=False),
        Column("role", TEXT, "whose number the column holds: person, head, owner ...", nullable=False),
        Column("state", TEXT, "how the numbers read: see number_states in the glossary", nullable=False),
        Column("row_count", LONG, "rows in this state", unit="rows", nullable=False),
    ),
)

COLUMNS = Table(
    "ops",
    "columns",
    "a current file and a column of its data set",
    ("data_set", "file_id", "field"),
    (
        Column("data_set", TEXT, "data set", nullable=False),
        Column("file_id", TEXT, "file; see ops.files", nullable=False),
        Column("field", TEXT, "field of the data set", nullable=False),
        Column("row_count", LONG, "rows of data, quarantined ones included", unit="rows", nullable=False),
        Column("empty", LONG, "cells that hold nothing, or say that there is nothing", unit="cells", nullable=False),
        Column("unreadable", LONG, "cells that hold something that could not be read", unit="cells", nullable=False),
        Column("without_value", LONG, "cells that hold an error or a formula without a value", unit="cells", nullable=False),
        Column("by_format", LONG, "cells that were read by their number format", unit="cells", nullable=False),
        Column(
            "forms", TEXT, "what unreadable cells and errors look like, the most frequent first; digits as 9, words as 字, A or a"
        ),
    ),
)

COVERAGE = Table(
    "ops",
    "coverage",
    "a hole in what was delivered: a register and an area, or of payments a month, that no row covers",
    ("data_set", "area", "month"),
    (
        Column("data_set", TEXT, "register that is missing there", nullable=False),
        Column("area", TEXT, "county, or empty where the whole register is missing", nullable=False),
        Column("area_name", TEXT, "county by name"),
        Column("month", TEXT, "month of entitlement without a payment, such as 2017-03; else empty", nullable=False),
        Column("registered_people", LONG, "people whom the household registry has there; null where it is missing itself"),
        Column("benefit_people", LONG, "people on the benefit rosters there", nullable=False),
    ),
)

TOTALS = Table(
    "ops",
    "totals",
    "a register and county of a run that passed the quality gate",
    ("as_of", "delivery_no", "data_set", "county_code"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("delivery_no", INT, "last delivery that the run has seen", nullable=False),
        Column("data_set", TEXT, "register", nullable=False),
        Column("county_code", TEXT, "county; of a register without one, the area of its file", nullable=False),
        Column("row_count", LONG, "current rows", unit="rows", nullable=False),
    ),
)
"""What the next delivery's totals are held against. A delivery that was stopped leaves none."""

QUALITY = Table(
    "ops",
    "quality",
    "an expectation and table of a run",
    ("as_of", "delivery_no", "table_name", "measure", "severity"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("delivery_no", INT, "last delivery that the run has seen", nullable=False),
        Column("table_name", TEXT, "table checked, or across.<what> for what holds between tables", nullable=False),
        Column("measure", TEXT, "figure that was measured", nullable=False),
        Column("severity", TEXT, "what failing means", values=("critical", "warning")),
        Column("success", FLAG, "did it hold?"),
        Column("observed", DOUBLE, "the figure; null where there was nothing to measure"),
        Column("expected", TEXT, "its bounds"),
        Column("meaning", TEXT, "what failing means for the user, and what to do"),
    ),
)
"""Runs of the last years, bounded by quality.history_runs."""
