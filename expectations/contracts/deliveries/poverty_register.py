"""建档立卡贫困人口: one row a person."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

POVERTY_REGISTER = DataSet(
    code="poverty_register",
    title="建档立卡贫困人口",
    owner="扶贫",
    grain="a person",
    key=("book_no", "id_number"),
    fields=(
        Field("book_no", "户编号", Kind.TEXT, "household book"),
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("relation", "与户主关系", Kind.TEXT, "relation to the household head"),
        Field(
            "status",
            "脱贫状态",
            Kind.ENUM,
            "status",
            values=("未脱贫", "已脱贫", "监测户"),
            words=value_words.POVERTY,
            essential=True,
        ),
        Field("since_on", "识别日期", Kind.DATE, "in the role since"),
        Field("per_head_income", "人均纯收入", Kind.YUAN, "income a head and year", aliases=("人均纯收入(元)",), nullable=True),
    ),
)
