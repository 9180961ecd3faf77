"""不动产登记: one row an owner and unit."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

PROPERTIES = DataSet(
    code="properties",
    title="不动产登记",
    owner="自然资源",
    grain="an owner and unit",
    key=("cert_no", "owner_id"),
    fields=(
        Field("cert_no", "不动产权证号", Kind.TEXT, "certificate number", aliases=("房产证号",)),
        Field("owner_name", "权利人", Kind.NAME, "name of the owner, person or firm", aliases=("产权人",)),
        Field("owner_id", "权利人证件号", Kind.OWNER_NUMBER, "number of the owner", aliases=("证件号码",)),
        Field("share_pct", "共有份额", Kind.PERCENT, "share held", aliases=("份额(%)",)),
        Field(
            "use",
            "用途",
            Kind.ENUM,
            "use of the unit",
            aliases=("规划用途",),
            values=("住宅", "商业", "办公", "车库", "储藏间", "宅基地"),
            words=value_words.PROPERTY_USE,
            essential=True,
        ),
        Field(
            "nature",
            "房屋性质",
            Kind.ENUM,
            "how the unit came about",
            values=("商品房", "安置房", "还建房", "危房改造", "继承", "自建房", "公租房"),
            words=value_words.PROPERTY_NATURE,
        ),
        Field("area", "建筑面积", Kind.SQUARE_METRES, "floor area", aliases=("面积(㎡)",)),
        Field("address", "坐落", Kind.TEXT, "registered address", aliases=("房屋坐落",)),
        Field("registered_on", "登记日期", Kind.DATE, "day of registration", aliases=("登记时间",)),
    ),
)
