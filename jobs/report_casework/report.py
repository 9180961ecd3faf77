"""The report as it is told: five mechanisms, each with its tables, and the figures of the first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casework.events import Event
from casework.removals import Removal
from jobs.report_casework import casework_tables as casework
from jobs.report_casework import register_tables as registers
from jobs.report_casework.register_tables import FromLake
from jobs.report_casework.standing import Standing
from jobs.report_casework.suppression import LEAST, Edition, public
from jobs.report_casework.table import TOTAL, Chapter, Highlight, Period, Table

TITLE = "社会救助资金监督核查工作报告"
SYNTHETIC = "本报告的数据全部为计算机合成，不对应任何真实的个人、家庭或单位。"
PARTIAL = "期间内部分案件的办理记录已过保存期限并已销毁，本报告不再计入；销毁时各年的合计见销毁证明。"
FULL, PUBLIC = "工作版", "公开版"
EDITIONS = {
    FULL: "本版含小于5的数，可能看出是谁，只供工作使用，请勿公开。",
    PUBLIC: f"人数、户数、件数取整到{LEAST}的倍数，比率按取整后的数计算，金额按户均量级取整，合计与分项之和可能略有出入。不足{LEAST}的数（包括0），"
    f"以及能推算出它们的数，以“＊”代替，整行如此的不列出。与已公开的重叠期间相比变动不足{LEAST}的，仍用已公开的数。",
}
"""What each edition says of itself."""
HIGHLIGHTS = (
    Highlight("源数据", ("records", registers.SOURCE_ROWS, "read"), "行"), Highlight("比对线索", ("compared", TOTAL, "listed"), "条"),
    Highlight("查否", ("clues", TOTAL, "refuted"), "条"), Highlight("查是", ("clues", TOTAL, "confirmed"), "条"),
    Highlight("查实率", ("clues", TOTAL, "share"), ""), Highlight("期内交办", ("clock", TOTAL, "sent"), "户"),
    Highlight("逾期未报", ("clock", TOTAL, "overdue"), "户"), Highlight("办理天数中位数", ("clock", TOTAL, "days"), "天"),
    Highlight("期内整改完成", ("problems", TOTAL, "done_now"), "个问题"), Highlight("期内追缴", ("money", "got", "now"), "元"),
    Highlight("问责", ("accountability", TOTAL, "people"), "人"), Highlight("应保未保", ("needs", TOTAL, "needs"), "项"),
    Highlight("纳入低保", ("needs", TOTAL, "dibao"), "项"), Highlight("核对家庭", ("checks", TOTAL, "households"), "户"),
    Highlight("有检出家庭", ("checks", TOTAL, "found"), "户"), Highlight("参与的乡镇街道窗口", ("windows", TOTAL, "active"), "个"),
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """An edition. as_known: by which event of the store it was told. is_partial: were events of its years removed, their time being over?"""

    edition: str
    period: Period
    chapters: tuple[Chapter, ...]
    as_known: int
    is_synthetic: bool
    is_partial: bool = False

    def table(self, key: str) -> Table:
        return next(table for chapter in self.chapters for table in chapter.tables if table.key == key)

    @property
    def _known(self) -> str:
        """The public is not told a number of acts: of two editions it would say how many lie between them."""
        return f"至第{self.as_known:,}号记录" if self.edition == FULL else ""

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """What is to be known before a figure is quoted, label by label."""
        said = (
            ("期间", f"{self.period.told}，两日均含在内。"),
            (
                "依据",
                f"办理记录库{self._known}（按办理日期计入），以及数据湖最近一次运行的结果；每张表下注明来源。",
            ),
            ("版本", f"{self.edition}。{EDITIONS[self.edition]}"),
            ("未提供", "现有资料不能得出的数写“未提供”并说明原因，不写0；“—”表示没有可以计算的对象。"),
        )
        gone = (("已销毁", PARTIAL),) if self.is_partial else ()
        return (*((("合成数据", SYNTHETIC),) if self.is_synthetic else ()), *gone, *said)


def report_of(events: Sequence[Event], found: FromLake, period: Period, removals: Sequence[Removal] = ()) -> Report:
    """The full edition. events: all of the store, in the order of their positions. removals: what purges took out of it."""
    standing = Standing(events, period)
    names = found.names
    chapters = (
        Chapter("一、数据比对", "各部门报送什么，比对出多少线索。", (
            registers.records(found, standing), registers.departments(found, standing), registers.compared(found, standing),
        )),
        Chapter("二、交办核查", "线索交给谁，按时办了没有，查出什么。", (
            casework.clock(standing, names), casework.acts(standing), casework.clues_by_rule(standing), casework.clues_by_place(standing, names),
            casework.refutations(standing), casework.missed_table(standing, found.drawn_from),
        )),
        Chapter("三、整改问责", "查实的问题改了没有，钱追回来没有。", (
            casework.problems(standing), casework.measures(standing), casework.money(standing), casework.held_to_account(standing),
            casework.appeals(standing),
        )),
        Chapter("四、主动发现", "谁应当得到帮助而没有得到，有没有人上门。", (
            registers.needs(found, standing), registers.visits(found, standing), registers.add_ons(found, standing),
        )),
        Chapter("五、协同办理", "申请人的核对，乡镇窗口，转介救助。", (
            registers.checks(found, standing), registers.windows(found, standing), registers.referrals(standing),
        )),
    )  # fmt: skip
    years = range(period.first.year, period.last.year + 1)
    is_partial = any(gone.year in years for removal in removals for gone in removal.years)
    return Report(FULL, period, chapters, standing.last_position, found.is_synthetic, is_partial)


def public_edition(report: Report, out: Sequence[Edition] = ()) -> tuple[Report, Edition]:
    """What may be told beside the public editions that are out, and what the next ones must know of it."""
    chapters, edition = public(report.chapters, report.period, out)
    told = replace(report, edition=PUBLIC, chapters=chapters)
    return told, edition
