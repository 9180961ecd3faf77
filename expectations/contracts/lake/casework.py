"""Projections of the case store: where every case stands, and how far the lake has followed."""

from expectations.contracts.model import DATE, FLAG, INT, LONG, TEXT, YUAN, Column, Table

CASE_STATES = Table(
    "ops",
    "case_states",
    "a case that people have done something with",
    ("case_id",),
    (
        Column("case_id", TEXT, "the household case", nullable=False),
        Column(
            "held", TEXT, "the last handing over: dispatched, received, sent_back or referred; null = never handed to anybody"
        ),
        Column("county_code", TEXT, "county that has it in hand; null = the city's own team, or nobody"),
        Column("town", TEXT, "township that has it in hand"),
        Column("is_separate", FLAG, "handled past the office that approved"),
        Column("dispatched_on", DATE, "day of the last dispatch", label="交办日期"),
        Column("received_on", DATE, "day on which it was received since", label="签收日期"),
        Column("due_on", DATE, "when what comes next is due; null where nothing is", label="限办日期"),
        Column("clues", INT, "clues with a verdict", unit="clues", nullable=False),
        Column("open_clues", INT, "clues without a verdict since it was dispatched or sent back", unit="clues", nullable=False),
        Column("confirmed", INT, "clues confirmed and not revoked", unit="clues", nullable=False),
        Column("to_recover_yuan", YUAN, "to be recovered by its rectifications", unit="yuan", nullable=False),
        Column("recovered_yuan", YUAN, "instalments with a receipt", unit="yuan", nullable=False),
        Column("closed_on", DATE, "null unless it is closed", label="销号日期"),
        Column("set_aside_on", DATE, "null unless it is set aside"),
        Column("sleeps_until", DATE, "day on which it comes back, if it does not change before; null = when it changes"),
        Column("reopened_on", DATE, "day on which it was opened again; null unless that was the last word"),
        Column("last_position", LONG, "position of its last event", nullable=False),
    ),
)

CASEWORK = Table(
    "ops",
    "casework",
    "a case store whose events the lake has followed",
    ("store_id",),
    (
        Column("store_id", TEXT, "which store", nullable=False),
        Column("position", LONG, "its last event that the projections show", nullable=False),
    ),
)
"""One row. Behind the store's last event, the projections are built anew; before it, the store is older than the lake."""
