"""特困人员(农村五保)花名册: one row a person in destitute support."""

from expectations.contracts.model import DataSet, Field, Kind

TEKUN_ROSTER = DataSet(
    code="tekun_roster",
    title="特困人员(农村五保)花名册",
    owner="民政",
    grain="a person in destitute support",
    key=("county_code", "tekun_no"),
    fields=(
        Field("county_code", "行政区划代码", Kind.CODE, "county, GB/T 2260", aliases=("区划代码", "县区代码"), essential=True),
        Field("county", "县市区", Kind.TEXT, "county by name", aliases=("县(市、区)", "区县")),
        Field("town", "乡镇街道", Kind.TEXT, "township or street", aliases=("乡镇(街道)", "街道(乡镇)", "镇街")),
        Field("village", "村社区", Kind.TEXT, "village or community", aliases=("村(居)委会", "村(社区)", "行政村")),
        Field(
            "tekun_no",
            "特困证号",
            Kind.TEXT,
            "certificate of destitute support",
            aliases=("五保证号", "供养证号"),
            essential=True,
        ),
        Field("name", "姓名", Kind.NAME, "name of the person", aliases=("特困人员姓名",)),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("program", "保障类型", Kind.ENUM, "programme", aliases=("供养类型",), values=("城市特困", "农村特困")),
        Field("care_mode", "供养方式", Kind.ENUM, "cared for in an institution or at home", values=("集中", "分散")),
        Field("institution", "供养机构", Kind.TEXT, "institution of care", aliases=("福利院名称",), nullable=True),
        Field("self_care", "自理能力", Kind.ENUM, "ability to care for oneself", values=("全自理", "半护理", "全护理")),
        Field("approved_on", "批准日期", Kind.DATE, "day of approval", aliases=("审批日期",)),
        Field("start_month", "起始月份", Kind.MONTH, "first month of entitlement", aliases=("享受起始月",), essential=True),
        Field(
            "stop_month",
            "停发月份",
            Kind.MONTH,
            "last month of entitlement; empty while in payment",
            aliases=("停止供养月份",),
            nullable=True,
        ),
        Field("monthly_amount", "月供养金额", Kind.YUAN, "benefit a month", aliases=("月供养金(元)",)),
        Field("bank_account", "银行账号", Kind.ACCOUNT, "account paid to", aliases=("账号",), nullable=True),
        Field("account_name", "开户名", Kind.NAME, "name on the account", aliases=("户名",), nullable=True),
        Field("guardian", "监护人", Kind.NAME, "guardian, may draw on the person's behalf", aliases=("代领人",), nullable=True),
        Field("approver", "经办人", Kind.NAME, "officer who approved", nullable=True),
    ),
)
