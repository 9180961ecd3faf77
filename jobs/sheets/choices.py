"""What may be filled in: the values that the cells of a workbook offer and a paper has beside its boxes."""

from __future__ import annotations

from expectations.contracts.returned import VERDICT_OUTCOMES, AppealOutcome, Measure, Problem, Sanction
from jobs.rulebook.rule import EXEMPTIONS

VERDICTS = tuple(VERDICT_OUTCOMES)
"""Verdicts of the delivery contract; the cells offer nothing else."""
VERDICT_WORDS = {
    "查是-违规": "事实成立，而且是隐瞒、冒领、优亲厚友等违规",
    "查是-错保": "事实成立，不符合条件，但没有违规",
    "查是-程序问题": "待遇应得，手续有问题（例如没有备案）",
    "查否-数据错误": "登记本身错了",
    "查否-政策允许": "事实成立，但政策允许",
    "查否-时间差": "登记或发放晚了几天几个月，实际没有问题",
    "查否-同名重号": "登记的是另一个人",
    "查否-已整改": "已经停发、退回",
    "无法核实": "去了，但弄不清楚。弄不清就选这一项，不要猜",
    "移送": "事实成立，交有权处理的部门",
}
"""When which is chosen."""
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
NEED_PROGRAMS = ("城市低保", "农村低保", "城市特困", "农村特困", "临时救助", "医疗救助")
CORRECTIONS = ("已更正", "原数据无误", "无法核实")
"""What became of a clue about data."""
PAYMENT_DECISIONS = ("照常发放", "暂缓发放", "核减后发放", "停止发放")
"""What a person decides about a payment that is asked about."""
PROBLEMS, MEASURES, SANCTIONS = tuple(Problem), tuple(Measure), tuple(Sanction)
"""Of what is put right: its class, what is done about it, and how people are held to account."""
APPEAL_OUTCOMES = tuple(AppealOutcome)
YES_NO = ("是", "否")
