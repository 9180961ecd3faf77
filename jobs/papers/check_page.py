"""社会救助家庭经济状况核对报告: the page that the office issues for an application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from expectations.contracts.lake.help import CHECK_RESULTS
from jobs.papers.page import Block, Box, Field, Fields, Grid, Lines, Note, Page, Section

TITLE = "社会救助家庭经济状况核对报告"
KIND = "核对报告"
_BASIS = (
    "本报告依据申请人及其家庭成员的授权，由核对机构与各部门登记比对形成，仅用于所列申请，不得用于其他用途。有检出不等于不符合条件，"
    "未列为检出的也不代表没有收入财产：最终由审批机关依据政策和入户调查决定。申请人有异议的，可以向核对机构申请复核。"
)
_WITHOUT_BASIS = (
    "申请人及其家庭成员没有授权，核对机构没有查询任何登记，本报告不说明其收入和财产状况。请补办授权后重新提交核对；"
    "不得仅凭本报告作出不予救助的决定。"
)

_SIGNED = (Lines(("经办人", "复核人"), 8), Lines(("核对机构（盖章）", "日期"), 16))  # a seal is some 40 mm wide
_, _, _REFUSED, _ = CHECK_RESULTS


@dataclass(frozen=True)
class Applicant:
    """A member of an applying household."""

    name: str
    number: str
    relation: str


@dataclass(frozen=True)
class Finding:
    """What was found of a member, or why nothing was looked for."""

    name: str
    result: str
    register: str
    told: str
    state: str
    counts: str
    note: str


@dataclass(frozen=True)
class Application:
    """An application with the result of its check. check_id: the id of the household's row."""

    check_id: str
    application_no: str
    county_code: str
    county: str
    town: str
    program: str
    applied_on: date | None
    authorised_on: date | None
    result: str
    told: str
    note: str
    members: tuple[Applicant, ...]
    findings: tuple[Finding, ...]


def check_page(application: Application, as_of: date) -> Page:
    """as_of: the day as of which registers were compared."""
    place = " ".join(part for part in (application.county, application.town) if part)
    asked = Fields(
        (
            (Field("申请编号", application.application_no), Field("申请项目", application.program)),
            (Field("所在地", place), Field("核对截止", _day(as_of))),
            (Field("申请日期", _day(application.applied_on)), Field("授权日期", _day(application.authorised_on))),
        )
    )
    members = Grid(
        ("家庭成员", "身份证号码", "与户主关系"),
        (40, 60, 40),
        tuple((member.name, member.number, member.relation) for member in application.members),
    )
    basis = _WITHOUT_BASIS if application.result == _REFUSED else _BASIS
    return Page(
        TITLE,
        application.application_no,
        application.check_id,
        (
            Section("一、申请和授权", (asked, members)),
            Section("二、核对结果", tuple(_results(application))),
            Section("三、说明和签发", (Note("说明", basis), Box("核对机构意见：", 24), *_SIGNED)),
        ),
    )  # fmt: skip


def _results(application: Application) -> list[Block]:
    told = "；".join(part for part in (application.told, application.note) if part)
    blocks: list[Block] = [Fields(((Field("核对结果", application.result), Field("核对情况", told, 3)),))]
    if application.findings:
        rows = tuple(
            (
                found.name,
                found.register or found.result,
                "；".join(part for part in (found.told, found.note) if part),
                found.state,
                found.counts,
            )
            for found in application.findings
        )
        blocks.append(Grid(("成员", "数据来源", "核对发现", "现状", "一般计入"), (22, 34, 90, 18, 18), rows))
    return blocks


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
