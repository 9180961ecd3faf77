"""医保大额自付: one row a person and year."""

from expectations.contracts.model import DataSet, Field, Kind

MEDICAL_EXPENSES = DataSet(
    code="medical_expenses",
    title="医保大额自付",
    owner="医保",
    grain="a person and year",
    key=("id_number", "year"),
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field(
            "id_number",
            "身份证号码",
            Kind.PERSON_NUMBER,
            "number of the person",
            aliases=("公民身份号码", "身份证号", "证件号码", "身份证件号码"),
        ),
        Field("year", "年度", Kind.INTEGER, "calendar year", essential=True),
        Field("total", "医疗总费用", Kind.YUAN, "medical bills of the year"),
        Field("reimbursed", "报销金额", Kind.YUAN, "reimbursed in the year"),
        Field("self_paid", "个人自付", Kind.YUAN, "paid by the person in the year", aliases=("个人自付金额",), essential=True),
    ),
)
