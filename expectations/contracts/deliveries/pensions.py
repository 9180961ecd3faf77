"""养老待遇发放: one row a pensioner."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

PENSIONS = DataSet(
    code="pensions",
    title="养老待遇发放",
    owner="人社",
    grain="a pensioner",
    key=("id_number", "kind"),
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field(
            "kind",
            "待遇类型",
            Kind.ENUM,
            "kind",
            values=("企业职工", "机关事业", "城乡居民"),
            words=value_words.PENSION,
            essential=True,
        ),
        Field("from_month", "起始月份", Kind.MONTH, "first month", aliases=("待遇起始月",), essential=True),
        Field("to_month", "终止月份", Kind.MONTH, "last month; empty while it runs", nullable=True),
        Field("monthly", "月待遇金额", Kind.YUAN, "pension a month", aliases=("月养老金(元)",)),
        Field("stop_reason", "停发原因", Kind.TEXT, "why payment stopped", nullable=True),
    ),
)
