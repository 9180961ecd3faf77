"""Characters that are another character's double, as PDF files leave them: radicals and compatibility ideographs in names, other digits in
numbers."""

from __future__ import annotations

import unicodedata

# The supplement of radicals has but two decompositions in Unicode; the others are listed by its data file
# EquivalentUnifiedIdeograph. ⼾ and ⾭ decompose into forms that no mainland font shows.
_SUPPLEMENT = (
    "⺁厂⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺖忄⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺫目⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒"
    "⺳㓁⺶羊⺷羊⺹耂⺺肀⺻聿⺼肉⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼"
    "⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⼾户⾭青"
)
"""A radical, and behind it the ideograph that it looks like."""
_ARABIC = (0x660, 0x6F0)
"""Zeros of the digits of Arabic and Persian, which programs of that direction write."""
RANGES = (
    *((0x2E80, 0x2FD5), (0xF900, 0xFAD9), (0x2F800, 0x2FA1D)),  # radicals, and ideographs that exist for old encodings' sake
    *((0x1D400, 0x1D7FF), (0x1FBF0, 0x1FBF9), *((zero, zero + 9) for zero in _ARABIC)),  # letters and digits of formulas
)
ONE_OF_EACH: dict[int, str] = (
    {
        double: unicodedata.normalize("NFKC", chr(double))
        for first, last in RANGES
        for double in range(first, last + 1)
        if unicodedata.normalize("NFKC", chr(double)) != chr(double)
    }
    | dict(zip(map(ord, _SUPPLEMENT[::2]), _SUPPLEMENT[1::2], strict=True))
    | {zero + digit: str(digit) for zero in _ARABIC for digit in range(10)}
)
"""For str.translate: each double as the character that everybody types."""
