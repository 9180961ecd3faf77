"""市场主体登记: one row an entity."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

ENTERPRISES = DataSet(
    code="enterprises",
    title="市场主体登记",
    owner="市场监管",
    grain="an entity",
    key=("uscc", "reg_no"),
    fields=(
        Field("uscc", "统一社会信用代码", Kind.FIRM_CODE, "unified social credit code", aliases=("社会信用代码",), nullable=True),
        Field("reg_no", "注册号", Kind.TEXT, "old licence number, 15 digits", aliases=("工商注册号",), nullable=True),
        Field("name", "企业名称", Kind.TEXT, "name of the entity", aliases=("名称", "市场主体名称")),
        # No enumeration: registers write some hundred kinds, 有限责任公司(自然人独资) among them. Rules read the words inside.
        Field("kind", "主体类型", Kind.TEXT, "kind, as the register words it", aliases=("企业类型",)),
        Field("legal_rep", "法定代表人", Kind.NAME, "legal representative or operator", aliases=("负责人", "经营者")),
        Field(
            "legal_rep_id",
            "法人证件号码",
            Kind.PERSON_NUMBER,
            "number of the legal representative",
            aliases=("法定代表人证件号码", "经营者证件号码"),
        ),
        Field("capital", "注册资本", Kind.WAN_YUAN, "registered capital", aliases=("注册资本(万元)", "资金数额")),
        Field("paid_in", "实缴资本", Kind.WAN_YUAN, "capital paid in", aliases=("实缴资本(万元)",), nullable=True),
        Field("established_on", "成立日期", Kind.DATE, "day of establishment", aliases=("注册日期",), essential=True),
        Field(
            "status",
            "登记状态",
            Kind.ENUM,
            "status",
            aliases=("经营状态",),
            values=("存续", "经营异常", "吊销", "注销"),
            words=value_words.FIRM_STATUS,
            essential=True,
        ),
        Field("ended_on", "注销日期", Kind.DATE, "day of cancellation or revocation", aliases=("吊销注销日期",), nullable=True),
        Field("address", "住所", Kind.TEXT, "registered address", aliases=("经营场所",)),
        Field("insured_staff", "参保人数", Kind.INTEGER, "staff insured by the entity", nullable=True),
        Field("tax_12m", "近12月纳税额", Kind.YUAN, "tax paid over twelve months", aliases=("年纳税额(元)",), nullable=True),
    ),
)
