"""机动车登记: one row a vehicle."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

VEHICLES = DataSet(
    code="vehicles",
    title="机动车登记",
    owner="公安车管",
    grain="a vehicle",
    key=("plate_kind", "plate_no"),
    fields=(
        Field("owner_name", "所有人", Kind.NAME, "name of the owner, person or firm", aliases=("机动车所有人",)),
        Field("owner_id", "身份证明号码", Kind.OWNER_NUMBER, "number of the owner", aliases=("证件号码",)),
        Field(
            "plate_kind",
            "号牌种类",
            Kind.ENUM,
            "class of number plate",
            values=("小型汽车", "大型汽车", "普通摩托车", "轻便摩托车", "低速车", "拖拉机", "残疾人专用车"),
            words=value_words.PLATE_KIND,
            essential=True,
        ),
        Field("plate_no", "号牌号码", Kind.PLATE, "number plate", aliases=("车牌号",)),
        Field("vehicle_kind", "车辆类型", Kind.TEXT, "kind of vehicle"),
        Field(
            "usage", "使用性质", Kind.ENUM, "use registered", values=("非营运", "营运", "货运"), words=value_words.VEHICLE_USAGE
        ),
        Field("registered_on", "初次登记日期", Kind.DATE, "day of registration", aliases=("登记日期",), essential=True),
        Field("price", "购置价", Kind.YUAN, "purchase price", aliases=("购车价格(元)",), nullable=True),
        Field(
            "status",
            "机动车状态",
            Kind.ENUM,
            "status",
            aliases=("状态",),
            values=("正常", "逾期未检验", "注销", "报废", "被盗抢", "转出"),
            words=value_words.VEHICLE_STATUS,
            essential=True,
        ),
        Field("inspected_to", "检验有效期止", Kind.DATE, "inspection valid to", nullable=True),
    ),
)
