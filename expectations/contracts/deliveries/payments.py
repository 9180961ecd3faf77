"""救助资金发放明细: one row a transfer."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

PAYMENTS = DataSet(
    code="payments",
    title="救助资金发放明细",
    owner="民政/财政",
    grain="a transfer",
    key=("program", "household_no", "id_number", "for_month", "paid_on", "kind", "amount"),
    snapshot=False,
    is_required=True,
    fields=(
        Field("county_code", "行政区划代码", Kind.CODE, "county, GB/T 2260", aliases=("区划代码",)),
        Field(
            "program",
            "项目",
            Kind.ENUM,
            "programme",
            aliases=("资金项目", "补贴项目"),
            values=("城市低保", "农村低保", "城市特困", "农村特困", "价格补贴", "丧葬补助", "医疗救助", "临时救助"),
            words=value_words.PROGRAMS,
            essential=True,
        ),
        Field(
            "household_no",
            "证号",
            Kind.TEXT,
            "benefit certificate of the household, unique inside a county",
            aliases=("低保证号", "特困证号", "户编号"),
            nullable=True,
        ),
        Field("name", "领取人姓名", Kind.NAME, "name of the person", aliases=("姓名", "领款人")),
        Field(
            "id_number",
            "领取人身份证号",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("身份证号", "证件号码", "身份证号码"),
        ),
        Field(
            "for_month",
            "所属期",
            Kind.MONTH,
            "month of entitlement, not of transfer",
            aliases=("发放所属月份", "所属月份"),
            essential=True,
        ),
        Field("paid_on", "发放日期", Kind.DATE, "day of transfer", aliases=("发放时间", "到账日期")),
        Field("heads", "发放人数", Kind.INTEGER, "persons paid for", aliases=("人数",), nullable=True),
        Field(
            "amount", "发放金额", Kind.YUAN, "amount transferred", aliases=("金额", "实发金额", "发放金额(元)"), essential=True
        ),
        Field(
            "kind",
            "发放类型",
            Kind.ENUM,
            "kind",
            aliases=("类型",),
            values=("正常", "补发", "退回"),
            words=value_words.PAYMENT_KIND,
        ),
        Field("bank_account", "银行账号", Kind.ACCOUNT, "account paid to", aliases=("账号", "卡号"), nullable=True),
        Field("account_name", "开户名", Kind.NAME, "name on the account", aliases=("户名",), nullable=True),
        Field("batch_no", "发放批次", Kind.TEXT, "payment batch", aliases=("批次号",), nullable=True),
    ),
)
