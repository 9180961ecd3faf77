"""How the site's pages are cut into words for its search: English words by their stems, Chinese by pairs of characters.

No dictionary is asked: a pair of characters is found wherever it stands, also in names and terms that no dictionary knows.
"""

from __future__ import annotations

import re

from sphinx.search.en import SearchEnglish

_HAN = "\u3400-\u9fff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")


class ChineseAndEnglish(SearchEnglish):
    """Words of a text that is Chinese, English or both."""

    lang = "zh-en"
    js_splitter_code = r"""
var splitQuery = (query) =>
  (query.match(/[\u3400-\u9fff]+|[^\s\p{P}\u3400-\u9fff]+/gu) || []).flatMap((run) =>
    /^[\u3400-\u9fff]{2}/.test(run) ? Array.from({ length: run.length - 1 }, (_, i) => run.slice(i, i + 2)) : [run]);
"""

    def split(self, input: str) -> list[str]:
        """Words, and of Chinese every character (somebody may look for one) and every pair of neighbours, for which the page asks."""
        words = []
        for run in _RUNS.findall(input):
            is_chinese = re.match(f"[{_HAN}]", run) is not None
            words += [*run, *(run[i : i + 2] for i in range(len(run) - 1))] if is_chinese else [run]
        return words
