"""The making of an edition: from lists in full, as a run wrote them, to files that may leave."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from casework.editions import Edition, EditionFile
from casework.store import CaseStore
from jobs.access.approvals import Approval
from jobs.audit.calls import note
from jobs.editions import office, pages
from jobs.editions.container import SUFFIX, fresh_header, sealed
from jobs.editions.marks import MARK_DIGITS
from jobs.editions.tables import marked_csv
from jobs.launch.edition_params import CipherName
from jobs.papers.notice import TITLE as NOTICE
from jobs.papers.pdf import Printer
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.results import LIST, RESTRICTED, Stamp, digest_of, parts_of, publication

FOLDER = "editions"
LONGEST_WORDS = 40
"""Characters of a recipient or a purpose: what stands below a sheet has no more than 255 together."""
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for another."""
_GROUPS, _OF_GROUP = 5, 4


@dataclass(frozen=True)
class Terms:
    """To whom, what for, and the last day on which the recipient may hold it. Raises BadConfiguration for words that no page can tell."""

    recipient: str
    purpose: str
    expires_on: date

    def __post_init__(self) -> None:
        for words in (self.recipient, self.purpose):
            if not 0 < len(words.strip()) <= LONGEST_WORDS or not words.isprintable():
                raise BadConfiguration(
                    f"Recipient and purpose are told on every page. Expected 1 to {LONGEST_WORDS} characters in one line. Nothing was made."
                )


@dataclass(frozen=True)
class By:
    """at: instant, ISO 8601 in UTC. second: asks for the second person's approval; `known` of it: the digests of all editions."""

    account: str
    at: str
    second: Callable[..., AbstractContextManager[Approval]]


@dataclass(frozen=True)
class Full:
    """A file in full, as the run of that day wrote it. name: what it is called in the edition."""

    path: Path
    name: str
    as_of: date
    sha256: str


def full_lists(out: Path, wanted: Iterable[Path]) -> list[Full]:
    """The files that are named, and those below folders that are. Raises BadConfiguration for what no run wrote into a restricted zone
    of `out`, or what is not as it wrote it: whose it is nobody could say."""
    found: dict[Path, Full] = {}
    for given in wanted:
        path = given.resolve()
        files = sorted(one for one in path.rglob("*") if one.is_file() and one.name != LIST) if path.is_dir() else [path]
        for file in files:
            found[file] = _full(out.resolve(), file)
    names = [full.name.casefold() for full in found.values()]
    if not found or len(set(names)) < len(names):
        what = "hold no file" if not found else "hold two files of one name"
        raise BadConfiguration(
            f"The folders that were named {what}. Expected lists of one day in {RESTRICTED}. Nothing was made."
        )
    return list(found.values())


def asked(out: Path, wanted: Iterable[Path], found: list[Full], terms: Terms) -> dict[str, Any]:
    """What the second person is asked for: which files and folders of `out`, how many files, one digest over all of them, for whom."""
    said = "\n".join(sorted(f"{full.sha256} {full.name}" for full in found))
    return {
        "lists": sorted({given.resolve().relative_to(out.resolve()).as_posix() for given in wanted}), "files": len(found),
        "sha256": hashlib.sha256(said.encode()).hexdigest(), "to": terms.recipient, "purpose": terms.purpose,
        "until": terms.expires_on.isoformat(),
    }  # fmt: skip


def _full(out: Path, file: Path) -> Full:
    zone = next((folder for folder in file.parents if (folder / LIST).is_file()), None)
    if zone is None or not zone.is_relative_to(out) or RESTRICTED not in zone.relative_to(out).parts:
        raise BadConfiguration(
            f"{file} is no list in full of {out}. Expected a file or a folder in its {RESTRICTED}, in plans/DAY/{RESTRICTED} or in "
            f"prepay/DAY_ROSTER/{RESTRICTED}. Nothing was made."
        )
    name, digest = file.relative_to(zone).as_posix(), digest_of(file)
    written = [part for part in parts_of(zone).values() if name in part.files]
    part = next((part for part in written if part.files[name] == digest), None)
    if part is None:
        what = "was changed after this program wrote it" if written else "was not written by this program"
        raise BadConfiguration(f"{file} {what}. Make the list again, or name another file. Nothing was made.")
    return Full(file, name, part.as_of, digest)


def issue(
    store: CaseStore, out: Path, lists: list[Full], terms: Terms, by: By, cipher: CipherName, warn: Callable[[str], None]
) -> tuple[Edition, str]:
    """The edition in OUT/editions, and the password that nobody will see again. It comes to be with its number in the register, which uses up
    its approval: what a killed command leaves before it are locked files that nobody can open, and the next edition takes their place."""
    password, mark = _password(), secrets.token_hex(MARK_DIGITS // 2)
    with store.writing() as book, by.second(known={one.digest for one in book.editions()}) as approval:
        number = book.last_edition + 1
        made = dict(_made(lists, number, mark, terms, password, cipher))
        files = [
            EditionFile(name=name, sha256=hashlib.sha256(content).hexdigest(), made_from=full.sha256)
            for (name, content), full in zip(made.items(), lists, strict=True)
        ]
        edition = Edition(
            number=number, mark=mark, made_at=by.at, made_by=by.account, second=approval.by, recipient=terms.recipient, purpose=terms.purpose,
            expires_on=terms.expires_on, files=tuple(files),
        )  # fmt: skip
        _publish(out, edition, made, max(full.as_of for full in lists), warn)
        book.record_edition(edition)
        approval.made = edition.digest
    note("edition", number=number, files=len(files), expires_on=terms.expires_on.isoformat(), second=edition.second)
    return edition, password


def told(number: int, terms: Terms, *, stays: bool) -> str:
    """What stands on every page. stays: with the household, which owes nobody its copy."""
    if stays:
        return f"第{number}份　用途：{terms.purpose}"
    return f"第{number}份　领用：{terms.recipient}　用途：{terms.purpose}　{terms.expires_on.isoformat()}前交回或销毁，不得转发"


def _made(
    lists: Iterable[Full], number: int, mark: str, terms: Terms, password: str, cipher: CipherName
) -> Iterator[tuple[str, bytes]]:
    printer: Printer | None = None
    for full in lists:
        content, place = full.path.read_bytes(), PurePosixPath(full.name)
        if hashlib.sha256(content).hexdigest() != full.sha256:  # a run may have put other lists there meanwhile
            raise BadConfiguration(
                f"{full.path} was changed while the edition was made. Give the command again. Nothing was made."
            )
        stays = place.name.startswith(NOTICE)
        said = told(number, terms, stays=stays)
        name = place.with_name(f"第{number}份_{place.name}").as_posix()
        if place.suffix in office.SUFFIXES:
            yield name, office.locked(office.told_and_marked(content, office.Signs(said, mark, stops=not stays)), password)
            continue
        if place.suffix == ".pdf":
            printer = printer or Printer()
            content = pages.told_and_marked(content, said, mark, printer, full.as_of)
        elif place.suffix == ".csv":
            content = marked_csv(content, mark)
        header = fresh_header(cipher, number, terms.recipient, terms.purpose, terms.expires_on, PurePosixPath(name).name)
        yield f"{name}{SUFFIX}", sealed(content, header, password)


def _publish(out: Path, edition: Edition, made: Mapping[str, bytes], as_of: date, warn: Callable[[str], None]) -> None:
    zone = f"{FOLDER}/{edition.number}"
    with publication(out, f"edition {edition.number}", [zone], Stamp(as_of, ""), warn) as staged:
        for name, content in made.items():
            (staged / zone / name).parent.mkdir(parents=True, exist_ok=True)
            (staged / zone / name).write_bytes(content)


def _password() -> str:
    """About a hundred bits, in groups that can be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_OF_GROUP)) for _ in range(_GROUPS))
