"""残疾人: one row a certificate."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

DISABILITIES = DataSet(
    code="disabilities",
    title="残疾人",
    owner="残联",
    grain="a certificate",
    key=("cert_no",),
    fields=(
        Field("name", "姓名", Kind.NAME, "name of the person"),
        Field("cert_no", "残疾证号", Kind.DISABILITY_NUMBER, "certificate number"),
        Field(
            "kind",
            "残疾类别",
            Kind.ENUM,
            "kind",
            values=("视力", "听力", "言语", "肢体", "智力", "精神", "多重"),
            words=value_words.DISABILITY,
            essential=True,
        ),
        Field("level", "残疾等级", Kind.INTEGER, "level of disability, 1 is the severest", essential=True),
        Field("valid_to", "有效期至", Kind.DATE, "valid to", nullable=True),
        Field("county_code", "行政区划代码", Kind.CODE, "county, GB/T 2260"),
        Field("town", "乡镇街道", Kind.TEXT, "township or street"),
        Field("village", "村社区", Kind.TEXT, "village or community"),
    ),
)
