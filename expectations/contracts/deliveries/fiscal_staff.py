"""财政供养人员: one row a person and spell on the public payroll."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

FISCAL_STAFF = DataSet(
    code="fiscal_staff",
    title="财政供养人员",
    owner="财政",
    grain="a person and spell on the public payroll",
    key=("id_number", "unit", "from_month"),
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("unit", "单位名称", Kind.TEXT, "employer or unit", aliases=("单位",)),
        Field("post", "职务", Kind.TEXT, "post held", aliases=("岗位",), nullable=True),
        Field(
            "staff_kind",
            "人员身份",
            Kind.ENUM,
            "kind of payee",
            aliases=("人员类别",),
            values=("行政编制", "事业编制", "公益性岗位", "遗属补助", "离任村干部补贴", "优抚补助", "三支一扶"),
            words=value_words.STAFF_KIND,
            essential=True,
        ),
        Field("status", "在职状态", Kind.ENUM, "status", values=("在职", "离职", "退休"), words=value_words.STAFF_STATUS),
        Field("from_month", "起始月份", Kind.MONTH, "first month", essential=True),
        Field("to_month", "终止月份", Kind.MONTH, "last month; empty while it runs", nullable=True),
        Field("monthly_pay", "月应发工资", Kind.YUAN, "gross pay a month", aliases=("月工资(元)",)),
    ),
)
