"""Seeded damage to the bytes of a file, as transfers, editors and spreadsheets do it."""

from __future__ import annotations

import io
import random
import zipfile

ODD_TEXT = [
    *('"', '""', '",', ',"', "\n", "\r", "\r\n", "\x00", ",", ",,,", "\t", "\ufeff", "联通", "D0000", "<table>", " " * 300),
    *(
        '="',
        '=("',
        '"&""',
        ";",
        "|",
        "，",
        ".0",
        "E+17",
        "T16:00:00Z",
        "合　计",
        "\x1f",
        "\u200b",
        "\ue5e5",
        "⾼",
        "\u3164",
        "９" * 40,
    ),
]
ODD_BYTES = (
    [part.encode() for part in ODD_TEXT] + [part.encode("gb18030", "ignore") for part in ODD_TEXT] + [b"\xff", b"\x81", b"\xe5"]
)
ODD_XML = [
    *("<", ">", "/", "&", '"', "<c>", "</row>", "&amp;", "&#0;", "&x;", "<!--", "]]>", "-", "9" * 20, "1e999", "NaN", "ZZZ"),
    *(' r="', ' r="XFD1048576"', ' t="s"', ' t="d"', ' t="e"', ' s="999999"', ' hidden="1"', ' uniqueCount="4294967295"'),
]


def mutated(content: bytes, chance: random.Random, odd: list[bytes]) -> bytes:
    """A few bytes flipped, removed, repeated, exchanged or cut off, or something odd put between them."""
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at, other = (chance.randrange(len(damaged) + 1) for _ in range(2))
        match chance.randrange(7):
            case 0:
                damaged[at : at + 1] = chance.randbytes(1)
            case 1 | 2:
                damaged[at:at] = chance.choice(odd)
            case 3:
                del damaged[at : at + chance.choice((1, 2, 40, 400))]
            case 4:
                damaged[at:at] = damaged[other : other + chance.choice((1, 30, 300))]
            case 5:
                damaged[at : at + 9], damaged[other : other + 9] = damaged[other : other + 9], damaged[at : at + 9]
            case 6 if chance.random() < 0.2:
                del damaged[at:]
    return bytes(damaged)


def torn_at_row(book: bytes, row: int) -> bytes:
    """A workbook whose first sheet ends in the midst of this row."""
    torn = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as archive, zipfile.ZipFile(torn, "w") as copy:
        for name in archive.namelist():
            text = archive.read(name)
            copy.writestr(name, text[: text.index(f'<row r="{row}"'.encode()) + 9] if name.endswith("sheet1.xml") else text)
    return torn.getvalue()
