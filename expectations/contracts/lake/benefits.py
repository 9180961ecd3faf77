"""Tables of what is drawn: households, their members, months of entitlement, deaths."""

from expectations.contracts.lake.evidence import EVIDENCE, GRADES
from expectations.contracts.model import DATE, FLAG, INT, ORIGIN, ORIGIN_COLUMNS, TEXT, YUAN, Column, Table

CASES = Table(
    "silver",
    "cases",
    "a household that draws a benefit",
    ("case_id",),
    (
        Column("case_id", TEXT, "digest of county, programme family and household number", nullable=False),
        Column("family", TEXT, "programme family", values=("dibao", "tekun")),
        Column("program", TEXT, "programme", label="保障类型"),
        Column("county_code", TEXT, "county where the benefit is drawn", label="行政区划代码"),
        Column("county", TEXT, "county by name", label="县市区"),
        Column("town", TEXT, "township or street", label="乡镇街道"),
        Column("village", TEXT, "village or community", label="村社区"),
        Column("household_no", TEXT, "certificate of the household", label="低保证号"),
        Column("head_person_id", TEXT, "the household's head; null where no usable number is given"),
        Column("category", TEXT, "category of the household; null for destitute support", label="分类"),
        Column("covered_heads", INT, "persons counted for the benefit", unit="persons"),
        Column("member_count", INT, "persons in the roster household", unit="persons"),
        Column("monthly_amount", YUAN, "benefit of the household a month", unit="yuan"),
        Column("approved_on", DATE, "day of approval, the latest of its members"),
        Column("start_month", DATE, "first month of entitlement, the earliest of its members"),
        Column("stop_month", DATE, "last month of entitlement; null while in payment"),
        Column("grace_until", DATE, "lawful payment after income rose, through this month"),
        Column("declared_assets", TEXT, "assets declared at approval"),
        Column("rigid_expense", YUAN, "deducted from income, a month", unit="yuan"),
        Column("bank_account_key", TEXT, "digest of the account on the roster"),
        Column("phone_key", TEXT, "digest of the telephone on the roster"),
        Column("approver_name_key", TEXT, "digest of the officer who approved"),
    ),
)

MEMBERS = Table(
    "silver",
    "members",
    "a person of a case, as the roster or a payment names him or her",
    ("case_id", "data_set", *ORIGIN),
    (
        Column("case_id", TEXT, "the case", nullable=False),
        Column("data_set", TEXT, "dibao_roster, tekun_roster, or payments for a payee whom no roster names"),
        *ORIGIN_COLUMNS,
        Column("number_key", TEXT, "digest of the number; null without a usable one"),
        Column("number_state", TEXT, "how the number read"),
        Column("name_key", TEXT, "digest of the name"),
        Column("person_id", TEXT, "the person; null where number and name fit nobody"),
        Column("identity_grade", TEXT, "how well number and name agree with the registered person", values=GRADES),
        Column("relation", TEXT, "relation to the household head"),
        Column("is_head", FLAG, "head of the household, or its payee"),
        Column("is_covered", FLAG, "counted for the benefit"),
        Column("is_single_cover", FLAG, "covered alone: relatives' means do not count"),
        Column("approved_on", DATE, "day of approval"),
        Column("start_month", DATE, "first month of entitlement"),
        Column("stop_month", DATE, "last month of entitlement"),
        Column("grace_until", DATE, "lawful payment after income rose, through this month"),
    ),
)

ENTITLEMENT_MONTHS = Table(
    "silver",
    "entitlement_months",
    "a case and month of entitlement for which money moved",
    ("case_id", "for_month"),
    (
        Column("case_id", TEXT, "the case", nullable=False),
        Column("for_month", DATE, "month of entitlement", nullable=False),
        Column("paid_yuan", YUAN, "transfers less refunds, benefit only (no price subsidy, no funeral grant)", unit="yuan"),
        Column("gross_yuan", YUAN, "transfers before refunds", unit="yuan"),
        Column("refunded_yuan", YUAN, "refunds, as a positive amount", unit="yuan"),
        Column("arrears_yuan", YUAN, "of the transfers, those marked as arrears", unit="yuan"),
        Column("paid_heads", INT, "persons paid for", unit="persons"),
        Column("last_paid_on", DATE, "day of the last transfer"),
        Column("transfer_count", INT, "transfers", unit="transfers"),
    ),
)

DEATHS = Table(
    "silver",
    "deaths",
    "a number and name that death records give",
    ("number_key", "name_key"),
    (
        Column("number_key", TEXT, "digest of the number", nullable=False),
        Column("name_key", TEXT, "digest of the name", nullable=False),
        Column("died_on", DATE, "best-attested day of death", nullable=False),
        Column("is_exact", FLAG, "a day of death; otherwise only a month or the day of de-registration is known"),
        Column(
            "number_grade",
            TEXT,
            "best grade that the records' numbers allow: A whole, C upgraded or repaired, E found without",
            values=("A", "C", "E"),
        ),
        Column("register_count", INT, "independent registers that agree on a death", unit="registers"),
        Column("evidence", EVIDENCE, "the death records", nullable=False),
    ),
)
