"""社会保险参保缴费: one row a person, unit and spell."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

SOCIAL_INSURANCE = DataSet(
    code="social_insurance",
    title="社会保险参保缴费",
    owner="人社",
    grain="a person, unit and spell",
    key=("id_number", "unit", "kind", "from_month"),
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("unit", "单位名称", Kind.TEXT, "employer or unit", aliases=("参保单位",), nullable=True),
        Field(
            "kind",
            "参保类型",
            Kind.ENUM,
            "kind",
            values=("单位职工", "灵活就业", "城乡居民", "公益性岗位"),
            words=value_words.INSURED,
            essential=True,
        ),
        Field("from_month", "起始月份", Kind.MONTH, "first month", aliases=("缴费起始月",), essential=True),
        Field("to_month", "终止月份", Kind.MONTH, "last month; empty while it runs", aliases=("缴费截止月",), nullable=True),
        Field("base", "缴费基数", Kind.YUAN, "contribution base a month", aliases=("月缴费基数",)),
    ),
)
