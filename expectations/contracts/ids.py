"""Ids that leave the program: a letter and 16 hex digits, so that no spreadsheet takes one for a number (1234567890123e45)."""

from __future__ import annotations

import hashlib
import re

LETTERS = {"clue_id": "C", "case_id": "H", "need_id": "N", "check_id": "K", "group_id": "G"}
"""First letter by the column that holds the id."""
DIGITS = 16
OLD_ID = f"^[0-9a-f]{{{DIGITS}}}$"
"""An id of an earlier version, without its letter."""
_OF_AN_EARLIER_VERSION = re.compile(OLD_ID)


def as_id(column: str, text: str) -> str:
    """The id with its letter: those of earlier versions, on lists that are out, had none. Any other text stays as it is."""
    return LETTERS[column] + text if _OF_AN_EARLIER_VERSION.fullmatch(text) else text


def without_letter(text: str) -> str:
    """What draws and digests go by, so that they are what they were before ids had a letter."""
    return text[-DIGITS:]


def visit_id(kind: str, case_id: str) -> str:
    """Stands where a clue's id stands for a visit that no clue asks for: made as a clue's is, from its kind and the case."""
    return LETTERS["clue_id"] + hashlib.sha256(f"{kind}|{case_id}".encode()).hexdigest()[:DIGITS]
