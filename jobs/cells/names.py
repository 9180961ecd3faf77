"""Names: one spelling for comparison, and whether two spellings may be one person's."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

from jobs.cells.characters import in_simplified, may_stand_for
from jobs.cells.faults import readable
from jobs.cells.text import EDGE, cleaned, map_distinct, trimmed

_LABEL = re.compile("^(?:姓? *名(?:字|称)?|户主|申请人|领取人|领款人|本人|死者|权利人|所有人)[:：]|^[0-9]{1,3}[.、．]")
_TITLE = re.compile(r"[(\[【〔{<〈《][^)\]】〕}>〉》]*[)\]】〕}>〉》]?|[-/](?:户主|本人)$")
_SIGNS = re.compile(r"[★☆△▲▽▼◆◇※#√,;、]+$|^[★☆△▲▽▼◆◇※#√]+|1[0-9]{10}$|(?<=[\u4e00-\u9fff])[0-9]{1,2}$")
"""What marks a row, a telephone, and the number by which namesakes are told apart. □ and * are characters of the name."""
_DASH = re.compile(r"(?<=[\u4e00-\u9fff]) *[-—–] *(?=[\u4e00-\u9fff])")
_OTHER_DOTS = str.maketrans("˙ㆍ", "··")
_DOTS = re.compile(r" *[·•・‧∙⋅․●◦ᐧ᛫ꞏ.。\u0387] *")
_NUMBER = re.compile(r"[0-9]{15}(?:[0-9]{2}[0-9Xx])?[,:;/、-]*|[,:;/、-]+(?=[0-9]{15})")
"""A person's number beside the name, and what parts the two."""
_ODD = r"[ :：0-9(（\[【)）\]】〔{<〈《★☆△▲▽▼◆◇※#√,;、/—–˙ㆍ•・‧∙⋅․●◦ᐧ᛫ꞏ.。\u0387︒﹒-﹪\uff01-\uffef-]|^·|·$"
_UNSURE = re.compile("[?？□■〇*�]")
_LETTERS = re.compile("[a-z]+|.")
"""Characters of a name; letters that stand together are one, in pinyin."""


def read_names(cells: pl.Series) -> pl.Series:
    """Names without blanks inside, bracketed titles (户主), stray dots and a number beside; one middle dot for minority names."""
    names = readable(trimmed(cells))
    odd = names.str.contains(_ODD).arg_true()
    if len(odd):
        names = names.scatter(odd, map_distinct(names.gather(odd), _one_form, pl.String))
    return names


def _one_form(name: str) -> str | None:
    plain = unicodedata.normalize("NFKC", name.translate(_OTHER_DOTS))
    plain = _SIGNS.sub("", _TITLE.sub("", _NUMBER.sub("", _LABEL.sub("", _SIGNS.sub("", plain)))).strip(EDGE))
    plain = _DASH.sub("·", _DOTS.sub("·", plain)).replace(" ", "")
    return cleaned(plain.strip(EDGE + "·)]】〕}>〉》")) or None


def may_be_same(left: str, right: str) -> bool:
    """A known variant: equal but for middle dots, and for characters that one side could not write or writes otherwise.

    Not written is ? or □; written otherwise a traditional form, a rare character by a common one of its sound, or by its pinyin.
    """
    left, right = (in_simplified(name.replace("·", "")).casefold() for name in (left, right))
    if left == right:
        return True
    ours, theirs = _LETTERS.findall(left), _LETTERS.findall(right)
    if len(ours) != len(theirs):
        return False
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if not (_UNSURE.match(a) or _UNSURE.match(b))]
    # Of two characters one at least must be the same: sounds alone are many people's.
    return any(a == b for a, b in pairs) and all(a == b or may_stand_for(a, b) for a, b in pairs)
