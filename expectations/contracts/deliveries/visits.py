"""走访记录: one row a visit to a household."""

from expectations.contracts.model import DataSet, Field, Kind

VISITS = DataSet(
    code="visits",
    title="走访记录",
    owner="扶贫办/民政/乡镇",
    grain="a visit to a household",
    key=("county_code", "town", "village", "name", "visitor_kind", "visited_on"),
    snapshot=False,
    is_optional=True,
    fields=(
        Field("county_code", "行政区划代码", Kind.CODE, "county, GB/T 2260", aliases=("区划代码", "县区代码"), essential=True),
        Field("town", "乡镇街道", Kind.TEXT, "township or street", aliases=("乡镇(街道)", "街道(乡镇)", "镇街")),
        Field("village", "村社区", Kind.TEXT, "village or community", aliases=("村(居)委会", "村(社区)", "行政村")),
        Field("name", "户主姓名", Kind.NAME, "name of the household head", aliases=("姓名",)),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the household head",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
            nullable=True,
        ),
        Field("visitor", "走访人", Kind.NAME, "who visited"),
        Field(
            "visitor_kind",
            "走访人类别",
            Kind.ENUM,
            "on whose behalf",
            values=("驻村工作队", "村干部", "社工", "志愿者", "民政"),
        ),
        Field("visited_on", "走访日期", Kind.DATE, "day of the visit", essential=True),
        Field("problem", "发现问题", Kind.TEXT, "what was found", nullable=True),
        Field("request", "反映诉求", Kind.TEXT, "what the household asked for", nullable=True),
        Field("handling", "处理情况", Kind.TEXT, "what was done about it", nullable=True),
        Field("handled_on", "处理日期", Kind.DATE, "day on which it was done", nullable=True),
    ),
)
