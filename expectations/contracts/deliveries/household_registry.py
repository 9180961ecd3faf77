"""户籍人口: one row a registered person, cancelled entries included."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

HOUSEHOLD_REGISTRY = DataSet(
    code="household_registry",
    title="户籍人口",
    owner="公安",
    grain="a registered person, cancelled entries included",
    key=("id_number",),
    is_required=True,
    fields=(
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field("former_name", "曾用名", Kind.NAME, "former name", nullable=True),
        Field("sex", "性别", Kind.ENUM, "sex", values=("男", "女")),
        Field("born_on", "出生日期", Kind.DATE, "day of birth"),
        Field("county_code", "行政区划代码", Kind.CODE, "county, GB/T 2260", aliases=("区划代码",)),
        Field("town", "乡镇街道", Kind.TEXT, "township or street"),
        Field("village", "村社区", Kind.TEXT, "village or community", aliases=("居(村)委会",)),
        Field("book_no", "户号", Kind.TEXT, "household book", aliases=("户籍户号",)),
        Field("relation", "与户主关系", Kind.TEXT, "relation to the household head"),
        Field(
            "status",
            "户口状态",
            Kind.ENUM,
            "status",
            aliases=("人员状态",),
            values=("正常", "死亡注销", "迁出注销", "恢复"),
            words=value_words.REGISTRY_STATUS,
            essential=True,
        ),
        Field("cancelled_on", "注销日期", Kind.DATE, "day the entry was cancelled", nullable=True),
        Field("died_on", "死亡日期", Kind.DATE, "day of death", nullable=True),
    ),
)
