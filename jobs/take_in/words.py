"""Words that people write where a list offers others: what each plainly means. What may mean two things stands in no table here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from expectations.contracts.returned import REFUTED, VERDICT_OUTCOMES
from jobs.cells.text import half_width
from jobs.rulebook.rule import EXEMPTIONS, OTHER_REASON

_NOISE = re.compile(r"[\s\-—–_:：/、,，.。()（）\"'“”‘’·]+")
KINDS = {verdict.partition("-")[2] or verdict: verdict for verdict in VERDICT_OUTCOMES}
"""A verdict by the word that names its kind alone: 违规, 时间差."""
_MORE_VERDICTS = {
    "手续问题": "查是-程序问题", "程序有问题": "查是-程序问题", "登记错误": "查否-数据错误", "同名": "查否-同名重号", "重号": "查否-同名重号",
    "无法查实": "无法核实", "不能核实": "无法核实", "移交": "移送", "已移送": "移送",
}  # fmt: skip
HOLDS = frozenset(["是", "查是", "属实", "查实", "属实的", "成立", "√", "✓", "✔", "对", "Y", "YES"])
"""The clue holds, of no kind: whether it was an offence is asked, never taken."""
HOLDS_NOT = frozenset(["否", "查否", "不属实", "不实", "不成立", "×", "✗", "✘", "X", "错", "N", "NO", "不是"])
"""The clue does not hold; of which kind, its reason may say."""
KIND_OF_REASON = {
    "R01": "查否-时间差", "R02": "查否-政策允许", "R03": "查否-政策允许", "R04": "查否-政策允许", "R05": "查否-政策允许",
    "R06": "查否-同名重号", "R07": "查否-同名重号", "R08": "查否-数据错误", "R09": "查否-政策允许", "R11": "查否-政策允许",
    "R15": "查否-政策允许", "R16": "查否-政策允许", "R17": "查否-政策允许", "R18": "查否-政策允许", "R19": "查否-政策允许",
    "R20": "查否-政策允许", "R21": "查否-政策允许", "R22": "查否-政策允许", "R23": "查否-已整改", "R25": "查否-政策允许",
}  # fmt: skip
"""Which refutation a reason can only be of. R10, R12, R13, R14, R24 and R99 may be of several: a car that was sold may stand wrong in
the register, or have been sold since."""
_REASON_WORDS = {
    "R01": "登记滞后 登记未更新 未及时更新", "R02": "死亡当月 当月死亡 死亡当月发放", "R03": "补发以前月份 补发", "R04": "其他成员领取 家人合法领取",
    "R05": "丧葬补助 丧葬费", "R06": "同名 同名同姓 重名", "R07": "重号 号码有误 号码错误 身份证号错误", "R08": "升位错误 15位升位错误",
    "R09": "残疾车 残疾人专用车", "R10": "已过户 过户 已出售 已售 已卖 车辆已出售 车辆已过户 已报废 报废 车辆已报废 房屋已出售",
    "R11": "农用车 摩托车 三轮车 农用三轮车", "R12": "被借名 借名 借名登记 被冒名", "R13": "企业已注销 公司已注销 已吊销 未经营 营业执照已注销",
    "R14": "合作社名义成员 挂名社员 村集体任职", "R15": "公益性岗位 公益岗 公益岗位 遗属补助", "R16": "城乡居民养老金 居民养老 居民养老保险",
    "R17": "单人保", "R18": "渐退期 渐退期内", "R19": "刚性支出 刚性支出扣减", "R20": "已备案 近亲属已备案", "R21": "安置房 危改房 继承 小份额",
    "R22": "监护人账户 机构账户", "R23": "已停发 已追回 已停发并追回 已停发已追回", "R24": "源数据过期 数据过期", "R25": "已申报 审批时已申报",
}  # fmt: skip
_CODE = re.compile(r"(R\s*(?=[\dOIL〇○])|(?=\d))([\dOIL〇○]{1,3})(?![\dOIL〇○])(.*)", re.DOTALL)
_DIGITS = str.maketrans("OIL〇○", "01100")
"""Letters and signs that are typed for digits."""
_ANOTHER = re.compile(r"R?\d")
_MAY_BE_A_DIGIT = re.compile(r"[A-Z\u0370-\u04ff零一二三四五六七八九]")
"""What behind a code of one digit may have been meant for its second one: R1S, R1零."""
_DENIED = re.compile(r"不适用|不成立|\?")
_DENIED_AT_ONCE = re.compile(r"[不非否没无]|并非|[×✗✘X]$")
"""What behind a code says that it is not the reason, or may not be: anywhere, or right behind it, where R99 goes on in words of its own."""


def plain(text: str) -> str:
    """The text in half-width capitals without blanks and marks, for looking it up."""
    return _NOISE.sub("", half_width(text)).upper()


REASON_OF = {
    **{plain(words): code for code, words in EXEMPTIONS.items()},
    **{plain(word): code for code, words in _REASON_WORDS.items() for word in words.split()},
}
_VERDICT_OF = {
    plain(word): verdict for word, verdict in (*KINDS.items(), *_MORE_VERDICTS.items(), *((v, v) for v in VERDICT_OUTCOMES))
}
_HOLDS, _HOLDS_NOT = frozenset(map(plain, HOLDS)), frozenset(map(plain, HOLDS_NOT))


def one_of(text: str, values: Iterable[str], others: Mapping[str, str] | None = None) -> str | None:
    """The value that the text names, as it stands or in a close form; null where it names none. others: further words, as `plain`."""
    return {plain(value): value for value in values}.get(plain(text)) or (others or {}).get(plain(text))


def verdict_of(text: str, reason: str | None) -> str | None:
    """The verdict that the text names, alone or with the reason beside it; null where it names none, or no kind."""
    word = plain(text)
    if word in _HOLDS_NOT and reason is not None:
        return KIND_OF_REASON.get(reason)
    return _VERDICT_OF.get(word)


def holds(text: str) -> bool | None:
    """True, False: the text says whether the clue holds, though not of which kind. Null: it says neither."""
    return True if plain(text) in _HOLDS else False if plain(text) in _HOLDS_NOT else None


def reason_of(text: str) -> str | None:
    """The code of the reason that the text names by code, words or both; null where it names none, several, or a code and words of
    another. A number alone is a code, one before other words is not: 3年前已卖."""
    if (by_words := REASON_OF.get(plain(text))) is not None:
        return by_words
    found = _CODE.match(half_width(text).upper().strip())
    if found is None:
        return None
    letter, typed, words = found[1], found[2], plain(found[3])
    digits = typed.translate(_DIGITS)
    is_code = len(digits) == 2 or (typed == digits and (len(digits) == 1 or digits[0] == "0"))
    code = f"R{int(digits):02}"
    if not is_code or code not in EXEMPTIONS:
        return None
    if words in REASON_OF or not words:
        return code if REASON_OF.get(words, code) == code else None
    is_unclear = not letter or _ANOTHER.search(words) or (len(digits) == 1 and _MAY_BE_A_DIGIT.match(words))
    return None if is_unclear or _is_denied(code, words) else code


def _is_denied(code: str, words: str) -> bool:
    """R10不适用, R10？, and what says no to the code's own words: R10 未过户."""
    own = "|".join(re.escape(word.removeprefix("已")) for word, of_code in REASON_OF.items() if of_code == code)
    is_denied_at_once = code != OTHER_REASON and _DENIED_AT_ONCE.match(words)
    return bool(is_denied_at_once or _DENIED.search(words) or re.search(f"(?:未|没有?|不是?|无|非)(?:{own})", words))


def is_refutation(verdict: str | None) -> bool:
    return verdict is not None and VERDICT_OUTCOMES[verdict] == REFUTED
