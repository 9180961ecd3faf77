"""What may be filled in: the values that the cells of a workbook offer and a paper has beside its boxes."""

from __future__ import annotations

from expectations.contracts.lake.learning import VERDICT_OUTCOMES
from jobs.rulebook.rule import EXEMPTIONS

VERDICTS = tuple(VERDICT_OUTCOMES)
"""Verdicts of the delivery contract; the cells offer nothing else."""
REASONS = {f"{code} {words}": code for code, words in EXEMPTIONS.items()}
"""Reasons of a refutation as a cell offers them, with the code that is kept: "R10 已售、报废或注销"."""
NEED_RESULTS = (
    "已纳入低保",
    "已纳入特困",
    "已给予临时救助",
    "已给予医疗救助",
    "转介其他救助",
    "不符合条件",
    "本人不愿申请",
    "查无此人",
    "待核",
)
"""What became of a need."""
CORRECTIONS = ("已更正", "原数据无误", "无法核实")
"""What became of a clue about data."""
YES_NO = ("是", "否")
