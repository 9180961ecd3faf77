"""服刑及强制隔离戒毒人员: one row a spell."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

PRISONERS = DataSet(
    code="prisoners",
    title="服刑及强制隔离戒毒人员",
    owner="司法",
    grain="a spell",
    key=("name", "from_on"),
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
            nullable=True,
        ),
        Field(
            "kind",
            "类别",
            Kind.ENUM,
            "kind",
            values=("监狱服刑", "强制隔离戒毒", "社区矫正"),
            words=value_words.PRISON,
            essential=True,
        ),
        Field("from_on", "起始日期", Kind.DATE, "first day", aliases=("入监日期",), essential=True),
        Field("to_on", "截止日期", Kind.DATE, "last day; empty while it runs", aliases=("释放日期",), nullable=True),
    ),
)
