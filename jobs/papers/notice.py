"""告知书: what the household is told beside the visit: that it was looked at, by which registers, what its rights are, how to object."""

from __future__ import annotations

from datetime import date

from jobs.papers.household import Household
from jobs.papers.page import ROOMY_POINTS, Block, Field, Fields, Item, Lines, Note, Page, Section

TITLE = "核查告知书"
_WHY = (
    "为了让救助金用到有困难的群众手中，民政部门依照《社会救助暂行办法》定期核对和走访享受待遇的家庭。您家列入了本次走访：有的家庭是因为"
    "登记资料中有需要当面问清的地方，有的家庭是例行走访。列入走访不表示您家有问题，也不影响您家正在领取的待遇。"
)
_ABSENT = "（本人不在的，请家属或代办人代收）"
"""For every household alike: the head may be dead, and the notice must not tell that the visit is about it."""
_BY_WHOM = "名单由程序根据登记资料排出，程序不作任何决定。是否有问题、待遇是否变动，都由工作人员当面核实、听取您的说明以后作出，并会书面告知您理由。"
_RIGHTS = (
    ("请来访人员出示证件", "来访应当有两名工作人员。没有出示证件的，您可以谢绝。"),
    ("说明情况、提供材料", "您的说明会如实记在《入户核查表》上，请看过以后再签字；不同意的，可以不签，也可以写明不同意的地方。"),
    ("知道和更正", "您可以询问用了哪些资料，查阅、复制关于您家的内容；登记有误的，请提出更正，我们会转请登记单位核对。"),
    ("得到帮助", "家中有困难的，请当场告诉来访人员，可以一并申请救助。"),
)
_OBJECTION = (
    "对核查有不同意见的，可以当场说明，也可以在收到结果以后口头或者书面提出，写明本告知书的编号即可，不收任何费用。复查由原核查人员以外的"
    "两名工作人员进行，结果书面答复；查明有误的，予以更正，少发的补发。提出异议不会影响您家的待遇。"
)
_IN_LAW = "对停发、核减等决定不服的，可以自知道该决定之日起六十日内申请行政复议，或者依法向人民法院提起行政诉讼。"


def notice_page(household: Household, listed_on: date) -> Page:
    """The page. It is the same whatever is asked, but for the registers: nothing in it tells why the household is on the list."""
    place = " ".join(part for part in (household.county, household.town, household.village) if part)
    greeting = f"{household.head_name or '住'}户，您好：{_ABSENT}"
    return Page(
        TITLE,
        f"{listed_on.isoformat()} 核查计划第{household.position}户",
        household.case_id,
        (
            Section(greeting, (*_family(household, place), Item("为什么上门", _WHY), Item("由谁决定", _BY_WHOM))),
            Section("您的权利", tuple(Item(f"{n}. {what}", told) for n, (what, told) in enumerate(_RIGHTS, start=1))),
            Section("怎样提出异议", (Item("先向我们提出", _OBJECTION), Item("依法救济", _IN_LAW), *_where(household))),
            Section("送达", (Note("说明", "本告知书一式两份，一份留给您家，一份随《入户核查表》交回。签收只表示收到。"),
                           Lines(("送达人签字", "送达人签字", "送达日期"), 8), Lines(("收到人签字", "与户主关系", "联系电话"), 8))),
        ),
        points=ROOMY_POINTS,
    )  # fmt: skip


def _family(household: Household, place: str) -> tuple[Block, ...]:
    sources = list(dict.fromkeys(source for question in household.questions for source in question.sources))
    used = "；".join(["本户救助档案和发放记录", *sources])
    rows = ((Field("住址", place, 5), Field("待遇", household.program, 2), Field("证号", household.household_no, 4)),
            (Field("核对所用资料", used),))  # fmt: skip
    return (Fields(rows),)


def _where(household: Household) -> tuple[Block, ...]:
    to = household.handed.return_to if household.handed else ""
    return (Fields(((Field("向谁提出", to, 5), Field("联系人", "", 3), Field("电话", "", 4)),)),)
