"""火化登记: one row a cremation."""

from expectations.contracts.model import DataSet, Field, Kind

CREMATIONS = DataSet(
    code="cremations",
    title="火化登记",
    owner="民政",
    grain="a cremation",
    key=("name", "died_on", "funeral_home"),
    snapshot=False,
    fields=(
        Field("name", "死者姓名", Kind.NAME, "name of the dead person", aliases=("姓名", "逝者姓名")),
        Field(
            "id_number",
            "死者身份证号",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("身份证号", "证件号码"),
            nullable=True,
        ),
        Field("sex", "性别", Kind.ENUM, "sex", values=("男", "女")),
        Field("age", "年龄", Kind.INTEGER, "age at death, years", nullable=True),
        Field("died_on", "死亡日期", Kind.DATE, "day of death", aliases=("去世日期",), essential=True),
        Field("cremated_on", "火化日期", Kind.DATE, "day of cremation", aliases=("火化时间",)),
        Field("address", "户籍地址", Kind.TEXT, "registered address", aliases=("住址", "家庭住址")),
        Field("funeral_home", "殡仪馆", Kind.TEXT, "funeral home", aliases=("火化单位",)),
    ),
)
