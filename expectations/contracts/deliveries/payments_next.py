"""拟发放名册: one row a transfer that is to be made; the columns of the payments but for the day."""

from expectations.contracts.deliveries.payments import PAYMENTS
from expectations.contracts.model import DataSet

PAYMENTS_NEXT = DataSet(
    code="payments_next",
    title="拟发放名册",
    owner="民政/财政",
    grain="a transfer to be made",
    key=("program", "household_no", "id_number", "for_month", "kind", "amount"),
    is_optional=True,
    fields=tuple(field for field in PAYMENTS.fields if field.name != "paid_on"),
)
