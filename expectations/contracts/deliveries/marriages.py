"""婚姻登记: one row a registration."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

MARRIAGES = DataSet(
    code="marriages",
    title="婚姻登记",
    owner="民政",
    grain="a registration",
    key=("husband_id", "wife_id", "kind", "registered_on"),
    snapshot=False,
    fields=(
        Field("husband_name", "男方姓名", Kind.NAME, "name of the husband"),
        Field("husband_id", "男方身份证号", Kind.PERSON_NUMBER, "number of the husband", aliases=("男方证件号",)),
        Field("wife_name", "女方姓名", Kind.NAME, "name of the wife"),
        Field("wife_id", "女方身份证号", Kind.PERSON_NUMBER, "number of the wife", aliases=("女方证件号",)),
        Field(
            "kind",
            "登记类型",
            Kind.ENUM,
            "kind",
            aliases=("业务类型",),
            values=("结婚", "离婚", "补领"),
            words=value_words.MARRIAGE,
            essential=True,
        ),
        Field("registered_on", "登记日期", Kind.DATE, "day of registration", essential=True),
    ),
)
