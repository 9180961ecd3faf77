"""How else a header may be worded: what decorates it, and words that mean the same."""

from __future__ import annotations

import re
from functools import cache

from expectations.contracts.model import DataSet, plain_header
from expectations.contracts.other_headers import OTHER_HEADERS
from jobs.cells.text import half_width

_NUMBERING = re.compile(r"^(?:\(?[0-9]{1,2}[).、:]|[\u2460-\u2473]|[A-Za-z_][A-Za-z0-9_]*\.)")
"""A number, or the name of a table, as databases put it before a column's."""
_MARKS = re.compile(r"^[^0-9A-Za-z\u4e00-\u9fff|,;~^]+|[^0-9A-Za-z\u4e00-\u9fff%㎡|,;~^]+$|必填$")
"""At both ends, but for what parts cells: a file read by another delimiter than its own must name no column."""
_UNIT = re.compile(
    r"[(\[【/:,_-]*(?:(?:金额|计量)?单位)?:?(?:人民币)?(?:亿元|[百千万]?元|%|㎡|m2|m²|平方米|平米|岁|人)(?:/[月年人户])?[)\]】]*$"
)
_ONE_WORD = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        ("帐", "账"),
        ("时间|年月日", "日期"),
        ("年份", "年度"),
        ("月份|年月", "月"),
        ("号码|编号|编码", "号"),
        ("(?:居民|公民)?(?:身份证明|身份证件|身份证|身份|有效证件|证件)号|(?:居民|公民)?身份证$", "证件号"),
        ("法定代表人|法人代表|法人", "法人"),
        ("(?<=[^的])的?(?:姓名|名字)$", ""),
        ("^(?:与|和|同)?(?:户主|申请人)?的?关系$", "关系"),
        ("^(?:所属|所在)?(?:县市区|市县区|区县|县区|县)(?:名称)?$", "县区"),
        ("^(?:所属|所在)?(?:乡镇街道|街道乡镇|乡镇办|镇街|乡镇|街道)(?:名称)?$", "乡镇"),
        ("^(?:所属|所在)?(?:村社区|村居委会|居村委会|村委会|居委会|行政村|村居|村|社区)(?:名称)?$", "村"),
        ("^(?:行政区划|区划|县区|地区)(?:代码|号)$", "区划代码"),
        ("(?:银行|一卡通|开户|存折)*(?:卡号|账号|账户号)$", "账号"),
        ("^(?:联系|手机)?(?:电话|手机|方式)号?$", "电话"),
        ("号牌号|车牌照?号?$", "车牌号"),
        ("(?<=单位|企业|机构)名称$", ""),
        ("数额|款额", "金额"),
        ("(?:开始|起始)月$", "起始月"),
        ("(?:截止|截至|终止|结束)月$", "终止月"),
    )
)
"""Patterns and the one word for all that they match, applied in this order."""
ABOUT_COLUMN = (
    r"(?i)^[(（\[【]?([百千万亿萬億仟佰]*[元圆圓]|[万萬亿]|人|户|岁|%|％|㎡|平方米|年[-/.]?月([-/.]?日)?|y{4}.?m{2}(.?d{2})?"
    r"|(字符|文本|数值|数字|整数|日期|时间|金额|枚举)(型|类型|格式)?|n?(var)?char2?|text|number|numeric|int(eger)?|decimal|date(time)?|timestamp"
    r"|非?必填项?|选填项?)([(（][0-9, ，]*[)）])?[)）\]】]?$"
)
"""Of a cell below a header: the unit of the column, its type, or whether it must be filled in."""
ROWS_BELOW = 3
"""Below a header, for units, types and the numbers of columns."""


def field_meant(header: str, data_set: DataSet) -> str | None:
    """The field that a header means which the contract does not list, if it can mean one only."""
    bare = _bare(header)
    without_unit = plain_header(_UNIT.sub("", bare))
    return next(
        (
            found
            for text in (bare, without_unit)
            if (found := data_set.headers.get(text) or _words(data_set).get(_in_one_word(text)))
        ),
        None,
    )


def _bare(header: str) -> str:
    text = _NUMBERING.sub("", half_width(header).strip())
    return plain_header(_MARKS.sub("", plain_header(_MARKS.sub("", text))))


def _in_one_word(text: str) -> str:
    for pattern, word in _ONE_WORD:
        text = pattern.sub(word, text)
    return text


@cache
def _words(data_set: DataSet) -> dict[str, str]:
    """Fields by their headers in one word each; a word that two fields share names none."""
    named: dict[str, set[str]] = {}
    others = [(_bare(header), field) for field, said in OTHER_HEADERS.get(data_set.code, {}).items() for header in said.split()]
    for header, field in (*data_set.headers.items(), *others):
        named.setdefault(_in_one_word(half_width(header)), set()).add(field)
    return {word: fields.pop() for word, fields in named.items() if word and len(fields) == 1}
