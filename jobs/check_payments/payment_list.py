"""The list of payments as it was handed over, read by the readers of deliveries: rows that can be asked about, and those that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import ORIGIN
from jobs.cells.names import read_names
from jobs.cells.person_numbers import read_numbers
from jobs.cells.typed import standardised
from jobs.delivery.decode import decode
from jobs.delivery.ledger import REFUSED
from jobs.delivery.manifest import ManifestEntry, delivery_id, read_manifest
from jobs.delivery.survey import SurveyedFile, survey_delivery
from jobs.delivery.unchanged import FileChanged
from jobs.delivery.workbooks import BadWorkbook, sha256_of
from jobs.runtime.arrow import arrow_batches
from jobs.runtime.errors import BadDelivery, DataRefused
from jobs.runtime.lake import Lake, plain_schema

LIST = DATA_SETS["payments_next"]


@dataclass(frozen=True)
class PaymentList:
    """files: by file_id. rows: bronze rows with their fates, restricted. typed: silver rows of the accepted ones."""

    name: str
    files: dict[str, SurveyedFile]
    rows: pl.DataFrame = field(repr=False)
    typed: pl.DataFrame = field(repr=False)

    @property
    def unread(self) -> pl.DataFrame:
        """Rows that could not be read: nothing is known of their money."""
        return self.rows.filter(pl.col("_fate") == "quarantined")

    def texts(self) -> pl.DataFrame:
        """Number and name of every accepted row as they read, by origin: subject_id, subject_name. Restricted."""
        accepted = self.rows.filter(pl.col("_fate") == "accepted")
        return accepted.select(
            *ORIGIN,
            read_numbers(accepted["id_number"])[0].alias("subject_id"),
            read_names(accepted["name"]).alias("subject_name"),
        ).with_columns(pl.col("_sheet").fill_null(""))

    def frame(self, lake: Lake) -> DataFrame:
        """The accepted rows for the engine, in the columns of silver.payments_next."""
        schema = plain_schema(LIST.silver)
        batches = list(arrow_batches(self.typed, schema))
        rows = lake.session.createDataFrame(pa.Table.from_batches(batches) if batches else [], schema)
        return lake.computed_once(rows, "payments_next")


def read_list(place: Path, as_of: date, key: str, piece_bytes: int) -> PaymentList:
    """Raises BadDelivery where there is no list, DataRefused where a file of it cannot be used: a part of a list would pass for the whole."""
    folder, entries = _entries(place, as_of)
    files = [file for file in survey_delivery(folder, entries, piece_bytes) if file.entry in entries]
    for file in files:
        if file.status == REFUSED:
            raise DataRefused(
                f"{file.entry.file_name} cannot be used: {file.reason}. Mend it and run again. Nothing was checked."
            )
    once = {file.file_id: file for file in files}
    frames: list[pl.DataFrame] = []
    for file in once.values():
        try:
            frames += [rows for piece in file.pieces for rows in decode(piece)]
        except (FileChanged, BadWorkbook) as bad:
            raise DataRefused(f"{file.entry.file_name} cannot be read to its end: {bad}. Nothing was checked.") from bad
    _refuse_truncated(once.values(), frames)
    rows = pl.concat(frames) if frames else pl.DataFrame(schema={name: pl.String for name in LIST.bronze.column_names})
    accepted = rows.filter(pl.col("_fate") == "accepted")
    if accepted.is_empty():
        raise DataRefused(f"{place} holds no row of a payment that can be read. Expected a {LIST.title}: see docs/prepay.md.")
    return PaymentList(delivery_id(entries), once, rows, standardised(LIST, accepted, key))


def _refuse_truncated(files: Iterable[SurveyedFile], frames: Sequence[pl.DataFrame]) -> None:
    """Raises DataRefused where a file holds fewer rows than its manifest says."""
    for file in files:
        held = sum(frame.filter(pl.col("_file_id") == file.file_id).height for frame in frames)
        if file.entry.claimed_rows is not None and held < file.entry.claimed_rows:
            raise DataRefused(
                f"{file.entry.file_name} holds {held:,} rows, and its manifest says {file.entry.claimed_rows:,}: a part of it is missing. "
                "Ask for the whole file and run again. Nothing was checked."
            )


def _entries(place: Path, as_of: date) -> tuple[Path, Sequence[ManifestEntry]]:
    """The folder, and the lines of its manifest that are about the list; of a single file the line that a manifest would have."""
    if place.is_dir():
        entries = [entry for entry in read_manifest(place) if entry.data_set == LIST.code]
        if not entries:
            raise BadDelivery(
                f"{place} holds no {LIST.title}. Name it in 交接清单.csv as data set {LIST.code}, or give the file itself."
            )
        return place, entries
    if not place.is_file():
        raise BadDelivery(f"No file or folder {place}. Name the list of payments, or the delivery that it is in.")
    return place.parent, [ManifestEntry(place.name, LIST.code, "", "", as_of, None, sha256_of(place))]
