"""家庭经济状况核对申请: one row a member of an applying household."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

CHECK_REQUESTS = DataSet(
    code="check_requests",
    title="家庭经济状况核对申请",
    owner="民政",
    grain="a member of an applying household",
    key=("application_no", "id_number"),
    purpose="check",
    fields=(
        Field("application_no", "申请编号", Kind.TEXT, "application", aliases=("核对编号",), essential=True),
        Field("county_code", "行政区划代码", Kind.CODE, "county, GB/T 2260"),
        Field("town", "乡镇街道", Kind.TEXT, "township or street"),
        Field(
            "program",
            "申请项目",
            Kind.ENUM,
            "programme",
            values=("城市低保", "农村低保", "医疗救助", "临时救助", "特困供养"),
            words=value_words.APPLIED_FOR,
        ),
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("relation", "与户主关系", Kind.TEXT, "relation to the household head"),
        Field("applied_on", "申请日期", Kind.DATE, "day of application"),
        Field("authorised_on", "授权日期", Kind.DATE, "day the applicant authorised the check", nullable=True),
    ),
)
