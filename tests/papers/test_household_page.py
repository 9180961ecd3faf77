"""入户核查表: what stands on it, in full and masked, as told, as PDF and as DOCX."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import docx
import pypdf
import pytest
import typst
from docx.oxml.ns import qn

from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.papers.household import Handed, Household, Question, masked_household
from jobs.papers.household_page import household_page
from jobs.papers.page import Page, texts_of
from jobs.papers.pdf import Printer
from jobs.papers.qr import qr_of
from jobs.papers.word import docx_of
from jobs.runtime.errors import BadConfiguration
from jobs.sheets.choices import REASONS, VERDICTS
from tests.papers.by_hand import CAR, DAY, HOUSEHOLD, INNOCENT, LARGEST, STAFF, TWICE, USUAL

A4_POINTS = (595, 842)


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer()


def page_of(household: Household) -> Page:
    return household_page(household, INNOCENT, DAY)


def test_what_others_of_the_list_have_in_common_with_a_household_stands_at_the_question() -> None:
    words = "本清单另有2户与本户同属一种情形（集中批准），请对照着核实"
    shared = replace(HOUSEHOLD, questions=(replace(HOUSEHOLD.questions[0], pattern=words),))
    assert words in told(shared)
    assert "同类情形" not in told(HOUSEHOLD)


def told(household: Household) -> str:
    return "\n".join(texts_of(page_of(household)))


def plain(text: str) -> str:
    """Without what a line break or a justified line adds."""
    return re.sub(r"\s", "", text)


def of_pdf(made: bytes) -> Sequence[str]:
    return [plain(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def of_docx(made: bytes) -> str:
    return plain("".join(text.text or "" for text in docx.Document(io.BytesIO(made)).element.body.iter(qn("w:t"))))


def test_a_page_says_what_a_visit_needs() -> None:
    text = told(replace(USUAL, questions=(*USUAL.questions, TWICE)))
    for said in (
        "户主", "赵国强", HOUSEHOLD.head_number, "13900000001", "北县 青石镇 一村", "农村低保", "D0001", "2人", "320.00元", "2013年1月",
        "钱秀兰", "配偶", "列入计划 2017-06-01；2017-06-20 无法核实", "1. 名下有机动车（赵国强）　估计涉及10,560.00元",
        "公安车管《机动车登记》，截至2017-12-31", "号牌号码 鄂B00001", "农用车或摩托车、已售、报废或注销、残疾人专用车",
        "查看车辆实际由谁使用、谁购买；核对是否已出售未过户或被借名；核对是否为谋生必需的车辆并已申报",
        "财政供养人员 赵建民 北县第一中学 教师", "号码经升位或修复，请先核对号码", "收款账户 账号6217000000000001234 开户名孙文海",
        "另一处待遇 农村特困 证号NT0009", "行驶证", "银行卡（存折）", "交回地点", "交回期限", "本人（家属）签字", HOUSEHOLD.case_id[:2],
    ):  # fmt: skip
        assert said in text, said
    assert all(value in text for value in (*VERDICTS, *REASONS))
    assert text.count("核查人员签字") == 2
    assert "先问是否\n近亲属已备案" in text  # R99 is no question


def test_what_the_roster_lacks_is_a_blank_to_write_on() -> None:
    text = told(replace(HOUSEHOLD, phone=None, since=None, monthly_yuan=None, heads=None, earlier=()))
    assert "联系电话\n住址" in text
    assert "以往核查" not in text
    assert not re.search("None|nan", text)


def test_a_routine_visit_claims_nothing_and_asks_all_the_same() -> None:
    text = told(replace(HOUSEHOLD, questions=(Question(ROUTINE_VISIT, "", "本户没有线索，属例行走访。", ()),)))
    assert "1. 例行走访\n本户没有线索，属例行走访。" in text
    assert "户口簿" in text
    assert "先问是否" not in text


def test_the_masked_page_names_nobody_and_no_thing() -> None:
    full = replace(USUAL, questions=(*USUAL.questions, TWICE))
    text = told(masked_household(full))
    for hidden in (
        *(member.name for member in full.members), *(member.number for member in full.members), "13900000001", "鄂B00001", "北县第一中学",
        "孙文海", "6217000000000001234",
    ):  # fmt: skip
        assert hidden in told(full), hidden
        assert hidden not in text, hidden
    assert "收款账户 账号********1234 开户名孙*" in text
    assert "财政供养人员 赵* 教师" in text
    assert "联系电话\n住址" in text


@pytest.mark.parametrize(
    "household", [HOUSEHOLD, USUAL, masked_household(USUAL), LARGEST], ids=["one", "three", "masked", "largest"]
)
def test_pdf_and_docx_hold_what_the_page_says(household: Household, printer: Printer) -> None:
    page = page_of(household)
    whole, written = "".join(of_pdf(printer.pdf([page], DAY))), of_docx(docx_of([page], DAY))
    for text in map(plain, texts_of(page)):
        assert text in whole, text
        assert text in written or text in (plain(page.under), page.number), text


def test_a_usual_household_fits_a_sheet_and_the_largest_flows_over_with_its_number(printer: Printer) -> None:
    handed = Handed(date(2018, 3, 31), "北县 青石镇", "陈某甲、李某乙")
    made = printer.pdf(
        [page_of(replace(HOUSEHOLD, handed=handed)), page_of(replace(USUAL, handed=handed)), page_of(LARGEST)], DAY
    )
    sheets = of_pdf(made)
    assert all(
        tuple(round(float(size)) for size in (sheet.mediabox.width, sheet.mediabox.height)) == A4_POINTS
        for sheet in pypdf.PdfReader(io.BytesIO(made)).pages
    )
    assert [household.case_id in sheet for sheet, household in zip(sheets, (HOUSEHOLD, USUAL), strict=False)] == [True, True]
    of_largest = sheets[2:]
    assert len(of_largest) > 1
    for n, sheet in enumerate(of_largest, start=1):
        assert LARGEST.case_id in sheet
        assert sheet.endswith(f"第{n}页，共{len(of_largest)}页")
    assert sheets[0].endswith("第1页，共1页")
    assert sheets[1].endswith("第1页，共1页")


@pytest.mark.parametrize("questions", [1, 2])
def test_a_household_of_five_with_long_questions_fits_a_sheet(printer: Printer, questions: int) -> None:
    long = replace(
        STAFF,
        explanation="同一名经办人经手的1148户享受家庭中有57户有近亲属是村干部或财政供养人员，该户是其中之一；而情况相近的同样多户中一般约22户"
        "如此；其家庭仍获发放12个月待遇（2017年1月至2017年12月），计8,424.00元，请上门核实家庭和审批情况是否真实。",
        pattern="本清单另有1户与本户同属一种情形（干部亲属偏多），请对照着核实",
        things=("统一社会信用代码 91420292MA4KXXXXXX、单位名称 北县某某养殖专业合作社",),
    )
    family = replace(
        HOUSEHOLD,
        members=(*HOUSEHOLD.members, *HOUSEHOLD.members[:2]),
        questions=(long, CAR)[:questions],
        handed=Handed(date(2018, 3, 31), "北县 青石镇", "陈某甲、李某乙"),
    )
    few = replace(family, members=HOUSEHOLD.members)
    assert len(of_pdf(printer.pdf([page_of(family), page_of(few)], DAY))) == 2


def test_a_label_stands_on_one_line_in_large_type_too(printer: Printer) -> None:
    page = page_of(HOUSEHOLD)
    assert page.points > Page.points
    lines = pypdf.PdfReader(io.BytesIO(printer.pdf([page], DAY))).pages[0].extract_text().split()
    labels = {"联系电话", "保障人数", "月保障金"}
    assert labels <= set(lines)
    fields = docx.Document(io.BytesIO(docx_of([page], DAY))).tables[1:4]
    cells = {cell.text: cell for table in fields for cell in table.rows[0].cells}
    for label in labels & set(cells):
        (run,) = cells[label].paragraphs[0].runs
        assert cells[label].width.pt - 7 >= len(label) * run.font.size.pt, label  # 7: the cell's own margins
    assert "联系电话" in cells


def test_every_household_of_a_docx_has_its_number_above_and_its_square_beside(printer: Printer) -> None:
    book = docx.Document(io.BytesIO(docx_of([page_of(HOUSEHOLD), page_of(USUAL)], DAY)))
    heads = ["".join(paragraph.text for paragraph in section.header.paragraphs) for section in book.sections]
    assert [household.case_id in head for household, head in zip((HOUSEHOLD, USUAL), heads, strict=True)] == [True, True]
    assert [(round(section.page_width.mm), round(section.page_height.mm)) for section in book.sections] == [(210, 297)] * 2
    assert len(book.inline_shapes) == 2


def test_the_square_holds_the_number_and_nothing_else() -> None:
    assert qr_of(HOUSEHOLD.case_id).matrix == qr_of(masked_household(HOUSEHOLD).case_id).matrix
    assert qr_of("Habcdef0123456789").designator == "2-Q"  # at most 20 bytes: there is no room for a name


def test_the_same_pages_give_the_same_bytes(printer: Printer) -> None:
    pages = [page_of(HOUSEHOLD), page_of(USUAL)]
    assert printer.pdf(pages, DAY) == Printer().pdf(pages, DAY)
    made = docx_of(pages, DAY)
    assert made == docx_of(pages, DAY)
    with zipfile.ZipFile(io.BytesIO(made)) as package:  # the hour at which it was packed is told nowhere
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_text_is_never_markup_and_no_character_breaks_a_page(printer: Printer) -> None:
    odd = '#panic("x") *粗* _斜_ $a^2$ \\ [甲] <标> & "引" @某 // \x0b 完'
    page = page_of(replace(HOUSEHOLD, village=odd))
    assert plain('#panic("x")*粗*_斜_$a^2$\\[甲]<标>&"引"@某//') in "".join(of_pdf(printer.pdf([page], DAY)))
    assert plain('#panic("x")*粗*_斜_$a^2$\\[甲]<标>&"引"@某//') in of_docx(docx_of([page], DAY))


def test_without_a_chinese_font_nothing_is_printed_and_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoFonts:
        def __init__(self, **_: object) -> None: ...

        def families(self) -> list[str]:
            return ["DejaVu Sans"]

    monkeypatch.setattr(typst, "Fonts", NoFonts)
    with pytest.raises(BadConfiguration, match=r"No Chinese font is installed.*apt-get install fonts-noto-cjk"):
        Printer()


def test_the_pdf_carries_its_font(printer: Printer) -> None:
    made = pypdf.PdfReader(io.BytesIO(printer.pdf([page_of(HOUSEHOLD)], DAY)))
    fonts = [font.get_object() for font in made.pages[0]["/Resources"]["/Font"].values()]
    inner = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert inner
    assert all("/FontFile2" in font or "/FontFile3" in font for font in inner)
