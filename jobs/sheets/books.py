"""Which workbook a case belongs to, and the proof that every case of a list is in exactly one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import fastexcel
import polars as pl

from jobs.cells.masking import mask_numbers
from jobs.runtime.errors import ContractBroken
from jobs.sheets.files import workbook_names

SEPARATE = "另行办理"
"""The workbook of what must not pass through the hands of the office that approved."""
_NO_DIVISION, _NO_TOWN = "未注明区划", "未注明乡镇"
_BELOW = "/"


def book_of_case() -> pl.Expr:
    """The workbook: a division's code, or SEPARATE."""
    return pl.when("is_separate").then(pl.lit(SEPARATE)).otherwise(pl.col("county_code").fill_null(_NO_DIVISION))


def township_of_case() -> pl.Expr:
    """The township that a case is of, below its division; SEPARATE for what no township gets."""
    division = pl.col("county_code").fill_null(_NO_DIVISION)
    township = pl.concat_str(division, pl.col("town").fill_null(_NO_TOWN), separator=_BELOW)
    return pl.when("is_separate").then(pl.lit(SEPARATE)).otherwise(township)


def township_books(
    kind: str, townships: Iterable[str], names: Mapping[str, str], suffix: str = ".xlsx"
) -> list[tuple[str, str, str]]:
    """Township, title and file name of each book, in the order of divisions and townships. No number of a person in a name."""
    ordered = sorted(set(townships))
    parts = [(code, mask_numbers(town)) for code, _, town in (township.partition(_BELOW) for township in ordered)]
    titles = [" ".join(part for part in (names.get(code, code), town) if part) for code, town in parts]
    labels = ["_".join(part for part in (code, names.get(code, ""), town) if part) for code, town in parts]
    return list(zip(ordered, titles, workbook_names(kind, labels, suffix), strict=True))


def books(kind: str, codes: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Code, title and file name of each workbook, in the order of the codes. Files are named by code and name."""
    ordered = sorted(set(codes))
    labels = [f"{code}_{names[code]}" if code in names else code for code in ordered]
    return [(code, names.get(code, code), name) for code, name in zip(ordered, workbook_names(kind, labels), strict=True)]


def refuse_unless_whole(folder: Path, kind: str, sheets: Sequence[str], heading: str, listed: Iterable[str]) -> None:
    """Raises ContractBroken unless the ids that the written workbooks hold under the heading are those listed, each once."""
    held: Counter[str] = Counter()
    for path in sorted(folder.glob(f"{kind}_*.xlsx")):
        book = fastexcel.read_excel(path)
        for name in (name for name in book.sheet_names if name in sheets):
            held.update(book.load_sheet(name, use_columns=[heading], dtypes="string").to_polars()[heading])
    wanted = Counter(listed)
    if held != wanted:
        lost, added = (wanted - held).total(), (held - wanted).total()
        raise ContractBroken(
            f"The workbooks {kind} lack {lost} of the {wanted.total()} listed and hold {added} that are not, or twice. "
            "This is a fault of the program: report it. Nothing was published."
        )
