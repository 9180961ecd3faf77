"""死亡医学证明: one row a death."""

from expectations.contracts.model import DataSet, Field, Kind

DEATH_CERTIFICATES = DataSet(
    code="death_certificates",
    title="死亡医学证明",
    owner="卫健",
    grain="a death",
    key=("name", "died_on"),
    snapshot=False,
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the dead person", aliases=("死者姓名",)),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
            nullable=True,
        ),
        Field("sex", "性别", Kind.ENUM, "sex", values=("男", "女")),
        Field("born_on", "出生日期", Kind.DATE, "day of birth", nullable=True),
        Field("died_on", "死亡日期", Kind.DATE, "day of death", aliases=("死亡时间",), essential=True),
        Field("address", "户籍地址", Kind.TEXT, "registered address", aliases=("常住地址",)),
        Field("place", "死亡地点", Kind.TEXT, "place of death", nullable=True),
    ),
)
