"""Marks by which a copy tells whose it was, and how they are found again.

Three in every file, each where another program leaves it: the property `keywords`; characters without width inside long texts; and
whether a long line ends with a full stop, which no encoding loses and nobody sees.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Iterable, Iterator

from scipy.stats import binom

MARK_DIGITS = 12
_INVISIBLE = "\u200b\u200c\u200d\u200e"
"""A digit is two of them."""
_HIDDEN = re.compile(f"[{_INVISIBLE}]{{{2 * MARK_DIGITS}}}")
_SPELT = re.compile(f"mingjing-([0-9a-f]{{{MARK_DIGITS}}})")
_SAID = re.compile("[\u3400-\u9fff0-9]")
_HAN = re.compile("[\u3400-\u9fff]")
_LONG = 12
"""Chinese characters of a line that carries marks: no heading, no word to choose, no id has as many."""
_EXPLAINED = 24
"""Chinese characters of a sentence that may end with a full stop or without: no label, no title of a post has as many."""
_PARTS = re.compile("[，；：]")
_PAUSE = re.compile("[，；：、。]")
_STOP = "。"
_SENTENCE = re.compile("[\u3400-\u9fff0-9]。*$")
_BY_CHANCE = 1e-9


def spelt(mark: str) -> str:
    return f"mingjing-{mark}"


def marked(text: str, mark: str, keep: Collection[str] = (), *, stops: bool = True) -> str:
    """The text with the mark in each of its long lines; as it is where it is one of `keep`. stops: also in their full stops?"""
    return text if text in keep else "\n".join(_marked_line(line, mark, stops) for line in text.split("\n"))


def _marked_line(line: str, mark: str, stops: bool) -> str:
    if not is_long(line):
        return line
    base = line.rstrip(_STOP)
    found = _PAUSE.search(base, 1)
    at = found.end() if found else len(base) // 2
    end = line[len(base) :]
    if stops and _is_sentence(line):
        end = _STOP if _stop_behind(_said(line), mark) else ""
    return base[:at] + _invisible(mark) + base[at:] + end


def is_long(line: str) -> bool:
    """JSON in a cell is read by programs: it is none."""
    return not line.startswith(("{", "[")) and len(_HAN.findall(line)) >= _LONG


def _is_sentence(line: str) -> bool:
    """Could a full stop stand behind it, or not, and nobody wonder? A long explanation of several parts; no label, no list of words."""
    return (
        is_long(line)
        and len(_HAN.findall(line)) >= _EXPLAINED
        and _PARTS.search(line) is not None
        and _SENTENCE.search(line) is not None
    )


def marks_in(text: str) -> Iterator[str]:
    """Marks that stand in the text, spelt or without width."""
    yield from _SPELT.findall(text)
    for found in _HIDDEN.findall(text):
        digits = [4 * _INVISIBLE.index(high) + _INVISIBLE.index(low) for high, low in zip(found[::2], found[1::2], strict=True)]
        yield "".join(f"{digit:x}" for digit in digits)


def mark_by_stops(lines: Iterable[str], known: Collection[str]) -> str | None:
    """Of the known marks the one that the ends of the lines obey, if chance cannot have made it; null where none is."""
    told = {
        _said(line): line.rstrip().endswith(_STOP) for line in lines if _is_sentence(line.rstrip())
    }  # alike, they are one witness
    obeyed = {mark: sum(ends == _stop_behind(said, mark) for said, ends in told.items()) for mark in known}
    best = max(obeyed, key=lambda mark: obeyed[mark], default=None)
    if best is None or float(binom.sf(obeyed[best] - 1, len(told), 0.5)) * len(known) > _BY_CHANCE:
        return None
    return best


def _invisible(mark: str) -> str:
    return "".join(_INVISIBLE[int(digit, 16) // 4] + _INVISIBLE[int(digit, 16) % 4] for digit in mark)


def _said(line: str) -> str:
    """Chinese characters and digits alone: blanks, widths and punctuation may be lost."""
    return "".join(_SAID.findall(line))


def _stop_behind(said: str, mark: str) -> bool:
    return bool(hmac.digest(bytes.fromhex(mark), said.encode(), "sha256")[0] & 1)
