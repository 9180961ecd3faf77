"""住房公积金缴存: one row an account."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

HOUSING_FUND = DataSet(
    code="housing_fund",
    title="住房公积金缴存",
    owner="公积金中心",
    grain="an account",
    key=("id_number", "unit"),
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("unit", "单位名称", Kind.TEXT, "employer or unit"),
        Field("base", "缴存基数", Kind.YUAN, "contribution base a month"),
        Field("from_month", "起始月份", Kind.MONTH, "first month", essential=True),
        Field("to_month", "终止月份", Kind.MONTH, "last month; empty while it runs", nullable=True),
        Field("status", "账户状态", Kind.ENUM, "status", values=("正常", "封存"), words=value_words.FUND_STATUS),
    ),
)
