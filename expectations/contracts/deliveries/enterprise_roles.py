"""股东及主要人员: one row a person and role in an entity."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

ENTERPRISE_ROLES = DataSet(
    code="enterprise_roles",
    title="股东及主要人员",
    owner="市场监管",
    grain="a person and role in an entity",
    key=("uscc", "id_number", "role"),
    fields=(
        Field("uscc", "统一社会信用代码", Kind.FIRM_CODE, "unified social credit code"),
        Field("name", "姓名", Kind.NAME, "name of the person", aliases=("股东名称",)),
        Field("id_number", "证件号码", Kind.PERSON_NUMBER, "number of the person", aliases=("身份证号码",)),
        Field(
            "role",
            "角色",
            Kind.ENUM,
            "role in the entity",
            aliases=("职务",),
            values=("股东", "董事", "监事", "经理", "成员"),
            words=value_words.FIRM_ROLE,
            essential=True,
        ),
        Field("share_pct", "出资比例", Kind.PERCENT, "share held", aliases=("持股比例(%)",), nullable=True),
        Field("since_on", "任职日期", Kind.DATE, "in the role since", nullable=True),
    ),
)
