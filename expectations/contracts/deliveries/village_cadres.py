"""村(社区)干部: one row a cadre and term."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

VILLAGE_CADRES = DataSet(
    code="village_cadres",
    title="村(社区)干部",
    owner="组织部/民政",
    grain="a cadre and term",
    key=("id_number", "village", "post", "from_on"),
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("county", "县市区", Kind.TEXT, "county by name", aliases=("县(市、区)", "区县")),
        Field("town", "乡镇街道", Kind.TEXT, "township or street", aliases=("乡镇(街道)", "街道(乡镇)", "镇街")),
        Field("village", "村社区", Kind.TEXT, "village or community", aliases=("村(居)委会", "村(社区)", "行政村")),
        Field(
            "post",
            "职务",
            Kind.ENUM,
            "post held",
            values=("支部书记", "村主任", "副书记", "委员", "村民小组长"),
            words=value_words.CADRE_POST,
        ),
        Field("from_on", "任职日期", Kind.DATE, "first day", aliases=("任期起",), essential=True),
        Field("to_on", "离任日期", Kind.DATE, "last day; empty while it runs", aliases=("任期止",), nullable=True),
    ),
)
