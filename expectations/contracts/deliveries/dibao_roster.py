"""城乡低保对象花名册: one row a household member, as of the extract date."""

from expectations.contracts.model import DataSet, Field, Kind

DIBAO_ROSTER = DataSet(
    code="dibao_roster",
    title="城乡低保对象花名册",
    owner="民政",
    grain="a household member, as of the extract date",
    key=("county_code", "household_no", "id_number"),
    fields=(
        Field("county_code", "行政区划代码", Kind.CODE, "county, GB/T 2260", aliases=("区划代码", "县区代码"), essential=True),
        Field("county", "县市区", Kind.TEXT, "county by name", aliases=("县(市、区)", "区县")),
        Field("town", "乡镇街道", Kind.TEXT, "township or street", aliases=("乡镇(街道)", "街道(乡镇)", "镇街")),
        Field("village", "村社区", Kind.TEXT, "village or community", aliases=("村(居)委会", "村(社区)", "行政村")),
        Field("household_no", "低保证号", Kind.TEXT, "benefit certificate of the household, unique inside a county", aliases=("户编号", "家庭编号", "低保证编号"), essential=True),
        Field("program", "保障类型", Kind.ENUM, "programme", aliases=("低保类型", "类别名称"), values=("城市低保", "农村低保")),
        Field("head_name", "户主姓名", Kind.NAME, "name of the household head", aliases=("申请人姓名",)),
        Field("head_id", "户主身份证号", Kind.PERSON_NUMBER, "number of the household head", aliases=("户主证件号码", "申请人身份证号")),
        Field("name", "成员姓名", Kind.NAME, "name of the person", aliases=("姓名", "家庭成员姓名")),
        Field("id_number", "身份证号码", Kind.PERSON_NUMBER, "number of the person", aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码")),
        Field("relation", "与户主关系", Kind.ENUM, "relation to the household head", aliases=("关系",), values=("户主", "配偶", "子女", "父母", "孙子女", "祖父母", "兄弟姐妹", "其他")),
        Field("covered", "是否保障对象", Kind.ENUM, "counted for the benefit", aliases=("是否享受",), values=("是", "否")),
        Field("single_person_cover", "单人保", Kind.ENUM, "covered alone: relatives' means do not count", aliases=("是否单人户纳入",), values=("是", "否")),
        Field("category", "分类", Kind.ENUM, "benefit category", aliases=("保障类别",), values=("A", "B", "C")),
        Field("approved_on", "批准日期", Kind.DATE, "day of approval", aliases=("审批日期", "审批时间")),
        Field("start_month", "起始月份", Kind.MONTH, "first month of entitlement", aliases=("保障起始月", "享受起始月"), essential=True),
        Field("stop_month", "停发月份", Kind.MONTH, "last month of entitlement; empty while in payment", aliases=("停保月份",), nullable=True),
        Field("grace_until", "渐退期截止", Kind.MONTH, "lawful payment after income rose, through this month", aliases=("渐退截止月",), nullable=True),
        Field("covered_heads", "保障人数", Kind.INTEGER, "persons counted for the benefit", aliases=("享受人数",)),
        Field("monthly_amount", "月保障金额", Kind.YUAN, "benefit a month", aliases=("户月保障金", "月保障金额(元)")),
        Field("declared_assets", "申报财产", Kind.TEXT, "items joined by ；", aliases=("已申报财产情况",), nullable=True),
        Field("rigid_expense", "刚性支出扣减", Kind.YUAN, "deducted from income, a month", aliases=("刚性支出(元/月)",), nullable=True),
        Field("bank_account", "银行账号", Kind.ACCOUNT, "account paid to", aliases=("账号", "卡号", "一卡通账号"), nullable=True),
        Field("account_name", "开户名", Kind.NAME, "name on the account", aliases=("户名", "账户名"), nullable=True),
        Field("phone", "联系电话", Kind.ACCOUNT, "telephone", aliases=("电话",), nullable=True),
        Field("approver", "经办人", Kind.NAME, "officer who approved", aliases=("审批人",), nullable=True),
    ),
)
