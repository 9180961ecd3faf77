"""近亲属享受低保备案: one row a declared relative."""

from expectations.contracts import value_words
from expectations.contracts.model import DataSet, Field, Kind

KIN_DECLARATIONS = DataSet(
    code="kin_declarations",
    title="近亲属享受低保备案",
    owner="民政",
    grain="a declared relative",
    key=("cadre_id", "relative_id"),
    fields=(
        Field("cadre_name", "干部姓名", Kind.NAME, "name of the cadre"),
        Field("cadre_id", "干部身份证号", Kind.PERSON_NUMBER, "number of the cadre"),
        Field(
            "cadre_kind",
            "干部类别",
            Kind.ENUM,
            "kind of cadre",
            values=("村干部", "民政经办人员", "财政供养人员"),
            words=value_words.CADRE_KIND,
        ),
        Field("relative_name", "亲属姓名", Kind.NAME, "name of the relative"),
        Field("relative_id", "亲属身份证号", Kind.PERSON_NUMBER, "number of the relative"),
        Field("relation", "亲属关系", Kind.TEXT, "relation to the household head"),
        Field("declared_on", "备案日期", Kind.DATE, "day of declaration", essential=True),
    ),
)
