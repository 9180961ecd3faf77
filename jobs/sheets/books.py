"""Which workbook a case belongs to, and the proof that every case of a list is in exactly one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import fastexcel
import polars as pl

from jobs.cells.masking import mask_numbers
from jobs.runtime.errors import ContractBroken
from jobs.sheets.files import workbook_names

CASES, CLUES, VISITED, DATA = "案件", "线索", "已核查", "数据核对"
"""Sheets of a workbook: households, their clues to visit, those that were visited, questions to the owner of data."""

SEPARATE = "另行办理"
"""The workbook of what must not pass through the hands of the office that approved."""
_NO_DIVISION, _NO_TOWN = "未注明区划", "未注明乡镇"
_BELOW = "/"
TOWNSHIPS = "townships"
"""Folder of the workbooks of townships, below that of the counties'."""
ID_SEPARATOR = "、"
"""Between the ids of a row that stands for several."""


def book_of_case() -> pl.Expr:
    """The workbook: a division's code, or SEPARATE."""
    return pl.when("is_separate").then(pl.lit(SEPARATE)).otherwise(pl.col("county_code").fill_null(_NO_DIVISION))


def township_of_case() -> pl.Expr:
    """The township that a case is of, below its division; SEPARATE for what no township gets."""
    division = pl.col("county_code").fill_null(_NO_DIVISION)
    township = pl.concat_str(division, pl.col("town").fill_null(_NO_TOWN), separator=_BELOW)
    return pl.when("is_separate").then(pl.lit(SEPARATE)).otherwise(township)


def place_of(county_code: str | None, town: str | None) -> str:
    """The same of a place, for what is not apart."""
    return _BELOW.join((county_code or _NO_DIVISION, town or _NO_TOWN))


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


Writer = Callable[[Path, str, pl.DataFrame, pl.DataFrame], None]
"""Writes a workbook: path, title, its clues and its cases."""


def write_books(
    folder: Path, kind: str, clues: pl.DataFrame, cases: pl.DataFrame, names: Mapping[str, str], write: Writer
) -> None:
    """A workbook a county into the folder, one a township into its folder TOWNSHIPS. What is apart is in a book of its own only."""
    for place, of_case in ((folder, book_of_case()), (folder / TOWNSHIPS, township_of_case())):
        place.mkdir(exist_ok=True)
        clues_of, cases_of = (_by_book(frame, of_case) for frame in (clues, cases))
        keys = {*clues_of, *cases_of}
        named = books(kind, keys, names) if place == folder else township_books(kind, keys - {SEPARATE}, names)
        for key, title, name in named:
            write(place / name, title, clues_of.get(key, clues.clear()), cases_of.get(key, cases.clear()))


def _by_book(frame: pl.DataFrame, of_case: pl.Expr) -> dict[str, pl.DataFrame]:
    parts = frame.with_columns(_book=of_case).partition_by("_book", as_dict=True, include_key=False)
    return {str(key): part for (key,), part in parts.items()}


def refuse_unless_whole(folder: Path, kind: str, sheets: Sequence[str], heading: str, listed: Iterable[str]) -> None:
    """Raises ContractBroken unless the ids that the written workbooks hold under the heading are those listed, each once."""
    held: Counter[str] = Counter()
    for path in sorted(folder.glob(f"{kind}_*.xlsx")):
        book = fastexcel.read_excel(path)
        for name in (name for name in book.sheet_names if name in sheets):
            cells = book.load_sheet(name, use_columns=[heading], dtypes="string").to_polars()[heading].drop_nulls()
            held.update(cells.str.split(ID_SEPARATOR).explode(empty_as_null=False))
    wanted = Counter(listed)
    if held != wanted:
        lost, added = (wanted - held).total(), (held - wanted).total()
        raise ContractBroken(
            f"The workbooks {kind} lack {lost} of the {wanted.total()} listed and hold {added} that are not, or twice. "
            "This is a fault of the program: report it. Nothing was published."
        )


def refuse_unless_every_book_is_whole(folder: Path, kind: str, clues: pl.DataFrame, cases: pl.DataFrame) -> None:
    """The same of all that write_books wrote: every clue and case in one county's book and, unless it is apart, in one township's."""
    for place, is_there in ((folder, pl.lit(True)), (folder / TOWNSHIPS, ~pl.col("is_separate"))):
        refuse_unless_whole(place, kind, (CLUES, VISITED, DATA), "线索编号", clues.filter(is_there)["clue_id"])
        refuse_unless_whole(place, kind, (CASES,), "案件编号", cases.filter(is_there)["case_id"])
