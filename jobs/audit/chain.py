"""What makes a line of the log: its number, the digest of the line before, a MAC under a key of its own; and the first that is not so.

The key of a line is a digest of the key before it, which is then forgotten: whoever takes the machine over holds no key of a line that
was written before. All keys follow from the first one, which the site keeps elsewhere (decision 0047).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

TORN = "torn"
"""Event of the line behind what a killed writer left of one: its bytes and its digest."""
_MAC = re.compile(rb',"mac":"([0-9a-f]{64})"\}')
_MAC_BYTES = len(b',"mac":""}') + 64
_AS_HEAD = re.compile(r"([0-9]{1,9}):([0-9a-f]{64})")


class Head(NamedTuple):
    """The last line: its number, from 1, and its digest. What a site keeps elsewhere to see that no line behind it is missing."""

    lines: int
    digest: str

    def __str__(self) -> str:
        return f"{self.lines}:{self.digest}"


def head_of(text: str) -> Head | None:
    """The head as it was printed; null for any other text."""
    found = _AS_HEAD.fullmatch(text.strip())
    return Head(int(found[1]), found[2]) if found else None


def digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def next_key(key: bytes) -> bytes:
    return hashlib.sha256(b"mingjing audit\n" + key).digest()


def sealed(entry: Mapping[str, Any], number: int, before: str, key: bytes) -> bytes:
    """The line, without its end: JSON in one spelling, its MAC last."""
    told = {**entry, "no": number, "prev": before}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return text[:-1] + f',"mac":"{_mac(text, key)}"}}'.encode()


def is_sealed(line: bytes, number: int, key: bytes) -> bool:
    """Was the line written under this key, as this number?"""
    found = _MAC.fullmatch(line[-_MAC_BYTES:])
    if found is None or entry_of(line).get("no") != number:
        return False
    return hmac.compare_digest(found[1].decode(), _mac(line[:-_MAC_BYTES] + b"}", key))


def entry_of(line: bytes) -> dict[str, Any]:
    """What the line says; nothing where it is no line of a log."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def first_fault(lines: Sequence[bytes], head: Head, first_key: bytes | None) -> str | None:
    """What was done to the first line that is not as it was written; null where all are. A line counts from 1, as it was written.

    Without the first key a line is known by the digest that the next one, or the head, holds of it: whoever rewrites the whole log and
    its head is not found then.
    """
    numbers = _by_key(lines, head, first_key) if first_key else _by_digests(lines, head)
    where = {number: at for at, number in enumerate(numbers) if number is not None}
    expected = 1
    for at, number in enumerate(numbers):
        if number == expected:
            expected += 1
        elif number is None and not _is_explained(lines, numbers, at):
            if where.get(expected, 0) > at:
                return f"Something was inserted before line {expected}: what stands there was not written by this program."
            return f"Line {expected} was edited: it is not as it was written."
        elif number is not None:
            if number < expected:
                return f"Something was inserted before line {expected}: line {number} stands there a second time."
            if where.get(expected, 0) > at:
                return f"Lines were swapped: line {number} stands in the place of line {expected}."
            missing = f"Line {expected} was" if number == expected + 1 else f"Lines {expected} to {number - 1} were"
            return f"{missing} dropped: line {number} stands in the place."
    if expected <= head.lines:
        return f"The log was truncated: it ends with line {expected - 1}, and {head.lines} were written. Line {expected} is the first to be missing."
    return None


def _by_key(lines: Sequence[bytes], head: Head, first_key: bytes) -> list[int | None]:
    """Of each line the number as which it was written; null for what was not."""
    claimed = [entry_of(line).get("no") for line in lines]
    highest = max((number for number in claimed if isinstance(number, int) and number <= head.lines + len(lines)), default=0)
    keys = [first_key]
    while len(keys) < highest:
        keys.append(next_key(keys[-1]))
    return [
        number if isinstance(number, int) and 1 <= number <= highest and is_sealed(line, number, keys[number - 1]) else None
        for line, number in zip(lines, claimed, strict=True)
    ]


def _by_digests(lines: Sequence[bytes], head: Head) -> list[int | None]:
    """The same as far as the next line, or the head, tells; one of which neither speaks, for the next one is gone, is believed."""
    entries = [entry_of(line) for line in lines]
    held = {(entry["no"] - 1, entry.get("prev")) for entry in entries if isinstance(entry.get("no"), int)} | {tuple(head)}
    spoken_of = {number for number, _ in held}
    return [
        number
        if isinstance(number := entry.get("no"), int) and ((number, digest(line)) in held or number not in spoken_of)
        else None
        for line, entry in zip(lines, entries, strict=True)
    ]


def _is_explained(lines: Sequence[bytes], numbers: Sequence[int | None], at: int) -> bool:
    """Is it what a killed writer left, and does the next line that was written say so?"""
    follower = next((i for i in range(at + 1, len(lines)) if numbers[i] is not None), None)
    told = entry_of(lines[follower]) if follower is not None else {}
    return told.get("event") == TORN and told.get("sha256") == digest(lines[at])


def _mac(text: bytes, key: bytes) -> str:
    return hmac.new(key, text, hashlib.sha256).hexdigest()
