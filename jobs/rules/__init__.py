"""The rule book: one file a rule, in the order of their codes. A new rule is a file and a line here."""

from jobs.rules import dead_member_counted, owns_enterprise, owns_vehicle, paid_after_death, staff_drawing
from jobs.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    paid_after_death.RULE,
    dead_member_counted.RULE,
    staff_drawing.RULE,
    owns_enterprise.RULE,
    owns_vehicle.RULE,
)
