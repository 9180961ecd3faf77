"""Every scenario in one place: what the data show, what a visit finds, how often.

`rule` and `trap` are the codes of the delivery contract (3.2, 3.3); `label` 1 = a visit confirms.
`cases` counts at scale 1; `wants` names the kind of household (see `stage.py`); `twin` is, for an
innocent trap, the true case that looks alike; `group` cases belong together; `shares` lets the
scenario fall on a household that already carries another soft one.
"""

# ruff: noqa: E501 - a table is read across, one line a scenario
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    code: str
    rule: str
    trap: str
    cases: int
    wants: str
    twin: str
    meaning: str
    group: int = 1
    shares: bool = False

    @property
    def label(self) -> int:
        return 0 if self.trap else 1


def _real(code: str, rule: str, cases: int, wants: str, meaning: str, group: int = 1, shares: bool = False) -> Scenario:
    return Scenario(code, rule, "", cases, wants, "", meaning, group, shares)


def _trap(
    code: str,
    rule: str,
    trap: str,
    cases: int,
    wants: str,
    twin: str,
    meaning: str,
    group: int = 1,
    shares: bool = False,
) -> Scenario:
    return Scenario(code, rule, trap, cases, wants, twin, meaning, group, shares)


# fmt: off
SCENARIOS: tuple[Scenario, ...] = (
    # deaths
    _real("death_paid_on", "D01", 225, "lone", "died up to three years ago, paid on; one to four sources know"),
    _real("death_cancelled_late", "D01", 45, "lone", "only the registry knows, and entered it many months after the death"),
    _real("death_two_months", "D01", 25, "lone", "two or three months paid after the death, then stopped, nothing came back"),
    _real("death_partly_refunded", "D01", 20, "lone", "paid after the death, only the last months came back"),
    _real("death_arrears_beyond", "D01", 20, "lone", "arrears paid after the death reach beyond the death month"),
    _real("death_grant_and_pay", "D01", 15, "lone", "funeral grant paid and the monthly payment goes on"),
    _real("death_member_counted", "D02", 60, "family", "a dead member still counts: one share of every payment is wrong"),
    _real("death_head_counted", "D02", 18, "family", "the dead head still counts and is still the payee"),
    _real("death_approved_after", "D03", 22, "lone", "approved, and drawing, after the death"),
    _real("death_no_number", "D01", 60, "lone", "the only death record has no number; name, age and address agree"),
    _real("death_fifteen_digits", "D01", 35, "lone", "the only death record carries the old 15-digit number"),
    _real("death_mistyped", "D01", 35, "lone", "the only death record carries a mistyped number, same name"),
    _real("death_roster_mistyped", "D01", 25, "lone", "the roster's number is mistyped, every death record is right"),
    _real("death_member_no_number", "D02", 20, "family", "dead member still counted, the only record has no number"),
    _trap("death_month", "D01", "R02", 140, "lone", "death_two_months", "the month of death was paid after the death, then it ended"),
    _trap("death_arrears", "D01", "R03", 110, "lone", "death_arrears_beyond", "arrears for months before the death, paid after it"),
    _trap("death_lag", "D01", "R01", 85, "lone", "death_two_months", "stopped in time; the registry's entry came months after the death"),
    _trap("death_refunded", "D01", "R23", 80, "lone", "death_partly_refunded", "months after the death were paid and came back in full"),
    _trap("death_survivors", "D01", "R04", 70, "family", "death_head_counted", "head died, survivors recalculated, still paid under the head's name"),
    _trap("death_member_removed", "D02", "R04", 35, "family", "death_member_counted", "dead member on the roster as not covered, benefit recalculated"),
    _trap("death_funeral_grant", "D01", "R05", 60, "tekun", "death_grant_and_pay", "only the funeral grant was paid after the death"),
    _trap("death_wrong_number", "D01", "R07", 60, "any", "death_mistyped", "a living person's number stands under another dead person's name"),
    _trap("death_shared_number", "D01", "R07", 25, "any", "death_paid_on", "two people share the number, the other one died"),
    _trap("death_upgraded", "D01", "R08", 15, "any", "death_fifteen_digits", "a stranger's 15-digit number upgrades to a living person's"),
    _trap("death_same_name", "D01", "R06", 60, "any", "death_no_number", "no number; name and town agree, age does not"),
    _trap("death_reviewed", "D03", "R24", 25, "lone", "death_approved_after", "paid until the death; the yearly review overwrote the approval date"),
    _trap("death_revoked", "D01", "R24", 20, "any", "death_cancelled_late", "cancelled by mistake and restored, the person lives"),
    # public payroll
    _real("staff_drawing", "K01", 45, "worker", "on the establishment and in service all year"),
    _real("staff_appointed", "K01", 10, "worker", "appointed while the household drew"),
    _real("staff_name_variant", "K01", 5, "worker", "payroll under the former name the registry knows"),
    _real("staff_spouse_on_roster", "K02", 33, "mixed", "an uncovered member of the household is staff, not declared"),
    _real("staff_fifteen_digits", "K01", 10, "worker", "payroll with the 15-digit number"),
    _real("staff_mistyped", "K01", 6, "worker", "payroll with a mistyped number, same name"),
    _real("staff_spouse_elsewhere", "K02", 30, "lone_adult", "married to staff of another book, found only in the marriage register"),
    _trap("staff_welfare_post", "K01", "R15", 150, "worker", "staff_drawing", "public-welfare job paid by the treasury", shares=True),
    _trap("staff_survivor_grant", "K01", "R15", 80, "any", "staff_drawing", "survivor's grant", shares=True),
    _trap("staff_former_cadre", "K01", "R15", 70, "elder", "staff_drawing", "allowance of a former village cadre"),
    _trap("staff_veteran", "K01", "R15", 70, "elder", "staff_drawing", "veteran's grant"),
    _trap("staff_sanzhi", "K01", "R15", 15, "worker", "staff_appointed", "service volunteer, not on the establishment"),
    _trap("staff_left", "K01", "R15", 45, "worker", "staff_drawing", "left the establishment before the benefit began"),
    _trap("staff_other_name", "K01", "R07", 35, "any", "staff_name_variant", "number as on the payroll, a different person by name"),
    _trap("staff_kin_declared", "K02", "R20", 30, "mixed", "staff_spouse_on_roster", "member is staff, the relation is on file"),
    _trap("staff_single_cover", "K02", "R17", 32, "mixed", "staff_spouse_on_roster", "severely disabled, covered alone; the relative's pay does not count"),
    # village cadres
    _real("cadre_self", "K03", 20, "worker", "village cadre draws"),
    _real("cadre_kin", "K03", 67, "kin", "child or child-in-law in the same book is a cadre, nothing on file"),
    _real("cadre_other_declared", "K03", 10, "kin", "cadre's file names another relative, not this one"),
    _real("cadre_kin_by_marriage", "K03", 35, "lone_adult", "spouse in another book is a cadre, nothing on file"),
    _trap("cadre_declared", "K03", "R20", 260, "kin", "cadre_kin", "kin of a cadre, on file", shares=True),
    _trap("cadre_term_ended", "K03", "R24", 95, "kin", "cadre_kin", "the term ended before the benefit began"),
    _trap("cadre_group_leader", "K03", "R99", 50, "kin", "cadre_self", "leader of a villagers' group, outside the rule"),
    _trap("cadre_other_name", "K03", "R07", 38, "any", "cadre_self", "number as on the cadre list, a different person by name"),
    # firms
    _real("firm_trading", "E01", 35, "worker", "live company, taxes paid, staff insured"),
    _real("shop_trading", "E01", 30, "worker", "live shop with turnover, not declared"),
    _real("firm_several", "E01", 8, "worker", "two or three live entities"),
    _real("shop_second", "E01", 6, "worker", "one shop declared, a larger firm not"),
    _real("firm_revoked_trading", "E01", 5, "worker", "licence revoked, yet taxes are paid"),
    _real("coop_head", "E01", 5, "worker", "heads a cooperative that pays taxes and has staff"),
    _real("firm_no_cover", "E01", 4, "mixed", "an uncovered member runs a live firm, nobody is covered alone"),
    _real("firm_share", "E02", 15, "worker", "holds a large share of a live, taxed company"),
    _real("firm_fifteen_digits", "E01", 20, "worker", "live firm under the 15-digit number"),
    _real("firm_mistyped", "E01", 10, "worker", "live firm under a mistyped number, same name"),
    _real("firm_spouse_elsewhere", "E01", 10, "lone_adult", "spouse in another book runs a live firm"),
    _trap("firm_cancelled", "E01", "R13", 330, "worker", "firm_trading", "cancelled before the benefit began", shares=True),
    _trap("firm_revoked", "E01", "R13", 140, "worker", "firm_revoked_trading", "revoked long ago, no activity", shares=True),
    _trap("firm_dormant", "E01", "R13", 250, "worker", "firm_trading", "on the register, nothing paid in, no tax, no staff", shares=True),
    _trap("coop_member", "E02", "R14", 300, "worker", "firm_share", "nominal member of a farmers' cooperative", shares=True),
    _trap("village_collective", "E01", "R14", 60, "worker", "coop_head", "represents the village collective by office"),
    _trap("shop_declared", "E01", "R25", 110, "worker", "shop_second", "small shop, declared and accepted at approval", shares=True),
    _trap("firm_borrowed", "E01", "R12", 90, "worker", "firm_trading", "somebody else trades under the name; the data cannot tell"),
    _trap("firm_other_name", "E01", "R07", 60, "any", "firm_mistyped", "number as on the register, a different person by name"),
    _trap("firm_single_cover", "E01", "R17", 36, "mixed", "firm_no_cover", "a relative's live firm; the disabled person is covered alone"),
    # vehicles
    _real("car_bought", "V01", 95, "worker", "car bought new while drawing"),
    _real("car_several", "V01", 18, "worker", "two or three live cars"),
    _real("truck_for_hire", "V01", 15, "worker", "truck run for hire"),
    _real("car_overdue", "V01", 10, "worker", "inspection overdue by some months, still driven"),
    _real("car_of_disabled", "V01", 6, "worker", "ordinary car of a disabled person, no aid vehicle"),
    _real("car_beside_declared", "V01", 8, "worker", "motorcycle declared, the car was not"),
    _real("car_no_cover", "V01", 8, "mixed", "car of an uncovered member, nobody is covered alone"),
    _real("car_name_variant", "V01", 5, "worker", "owner written with the former name the registry knows"),
    _real("car_fifteen_digits", "V01", 30, "worker", "car under the 15-digit number"),
    _real("car_mistyped", "V01", 25, "worker", "car under a mistyped number, same name"),
    _real("car_spouse_elsewhere", "V01", 25, "lone_adult", "car of the spouse, who is in another book"),
    _trap("motorcycle", "V01", "R11", 620, "any", "car_beside_declared", "motorcycle, low-speed vehicle or tractor", shares=True),
    _trap("car_scrapped", "V01", "R10", 330, "worker", "car_overdue", "scrapped, cancelled or moved to another city", shares=True),
    _trap("car_sold_before", "V01", "R10", 150, "worker", "car_bought", "old car, sold and moved out before the benefit began", shares=True),
    _trap("disability_vehicle", "V01", "R09", 80, "any", "car_of_disabled", "vehicle for a disabled person"),
    _trap("car_borrowed", "V01", "R12", 70, "worker", "car_bought", "a relative's car under this name; the data cannot tell"),
    _trap("car_declared", "V01", "R25", 90, "worker", "car_beside_declared", "van for work, declared and accepted at approval", shares=True),
    _trap("car_single_cover", "V01", "R17", 50, "mixed", "car_no_cover", "a relative's car; the disabled person is covered alone"),
    _trap("car_other_name", "V01", "R07", 55, "any", "car_name_variant", "number as on the register, a different person by name"),
    _trap("car_old_cheap", "V01", "R99", 40, "worker", "car_overdue", "car of the nineties, worthless, stands in the yard"),
    # property
    _real("flat_second", "P01", 35, "worker", "two flats on the market, the second bought while drawing"),
    _real("shop_unit", "P01", 16, "worker", "owns a shop or office"),
    _real("flat_beside_resettled", "P01", 8, "worker", "resettlement flat and two bought ones"),
    _real("flat_fifteen_digits", "P01", 20, "worker", "two flats under the 15-digit number"),
    _trap("flat_resettled", "P01", "R21", 330, "any", "flat_beside_resettled", "old house and the flat given for it", shares=True),
    _trap("homestead", "P01", "R21", 190, "any", "flat_second", "homestead in the village and one small flat", shares=True),
    _trap("flat_inherited", "P01", "R21", 150, "any", "flat_second", "small inherited share beside the own home", shares=True),
    _trap("house_renovated", "P01", "R21", 130, "any", "flat_second", "renovated under the dangerous-house programme, old entry still there"),
    _trap("garage", "P01", "R21", 85, "any", "shop_unit", "garage or storage room beside the flat"),
    _trap("flat_other_name", "P01", "R07", 36, "any", "flat_second", "number as on the register, a different owner by name"),
    # income
    _real("pension_employee", "I01", 35, "elder", "employee's pension above the line"),
    _real("job_insured", "I02", 32, "worker", "employed and insured by a unit for years"),
    _real("job_after_grace", "I02", 6, "worker", "employed, the gradual exit ran out before 2017"),
    _real("job_no_deduction", "I01", 6, "elder", "pension above the line, a small expense deducted does not help"),
    _real("fund_paid", "I03", 12, "worker", "housing fund paid by an employer"),
    _real("pension_fifteen_digits", "I01", 15, "elder", "employee's pension under the 15-digit number"),
    _real("job_mistyped", "I02", 20, "worker", "employed, number mistyped, same name"),
    _trap("pension_resident", "I01", "R16", 110, "elder", "pension_employee", "residents' pension, raised by own savings"),
    _trap("pension_rigid", "I01", "R19", 50, "elder", "job_no_deduction", "pension, but medical costs larger than the excess are deducted"),
    _trap("job_welfare_post", "I02", "R15", 130, "worker", "job_insured", "insured through a public-welfare job", shares=True),
    _trap("job_flexible", "I02", "R15", 155, "worker", "job_insured", "pays its own insurance, no employer", shares=True),
    _trap("job_ended", "I02", "R24", 130, "worker", "job_insured", "job ended before the benefit began", shares=True),
    _trap("job_grace", "I02", "R18", 45, "worker", "job_after_grace", "found work, inside the gradual exit"),
    _trap("job_other_name", "I02", "R07", 25, "any", "job_mistyped", "number as insured, a different person by name"),
    _trap("fund_sealed", "I03", "R24", 19, "worker", "fund_paid", "account sealed years ago"),
    # two benefits, prison
    _real("twice_counties", "R01", 20, "lone", "drawing in two counties"),
    _real("twice_tekun", "R01", 20, "lone", "low-income benefit and destitute support together"),
    _real("twice_households", "R01", 10, "family", "counted in two households"),
    _real("twice_two_numbers", "R01", 25, "lone", "drawing twice, once under the 15-digit number"),
    _trap("twice_transferred", "R01", "R01", 130, "lone", "twice_counties", "moved to another programme, one month overlaps"),
    _trap("twice_reversed", "R01", "R23", 70, "lone", "twice_households", "second benefit paid once or twice and taken back"),
    _real("prison", "S01", 12, "lone_adult", "in prison or compulsory rehabilitation, paid on"),
    _real("prison_no_number", "S01", 6, "lone_adult", "in prison, listed by name and date only, number mistyped"),
    _trap("prison_community", "S01", "R99", 18, "any", "prison", "community correction lives at home"),
    _trap("prison_released", "S01", "R24", 10, "any", "prison", "released before the benefit began"),
    _trap("prison_other_name", "S01", "R07", 5, "any", "prison_no_number", "number as in the prison file, a different person by name"),
    # payment files
    _real("over_standard", "F01", 6, "dibao", "paid above the standard, no reason on file"),
    _trap("over_add_on", "F01", "R25", 45, "dibao", "over_standard", "add-on for a severely disabled person, category A"),
    _trap("over_lump", "F01", "R03", 55, "dibao", "over_standard", "several months of arrears booked on one month"),
    _real("collector", "F02", 12, "lone", "one person collects for a group of households", group=6),
    _trap("home_account", "F02", "R22", 60, "tekun", "collector", "account of the care home", group=6),
    _trap("guardian_account", "F02", "R22", 12, "tekun", "collector", "account of the registered guardian of several", group=3),
    _real("paid_after_stop", "F03", 5, "dibao", "paid on after the stop month"),
    _trap("arrears_after_stop", "F03", "R03", 30, "dibao", "paid_after_stop", "arrears for earlier months, paid after the stop"),
    _real("aid_above_cap", "F04", 4, "dibao", "medical or temporary aid above the yearly cap"),
    _trap("aid_two_kinds", "F04", "R25", 17, "dibao", "aid_above_cap", "medical and temporary aid together, each below its cap"),
    # identity and strange cases
    _real("number_mistyped", "U01", 180, "any", "number on the roster fails its check digit"),
    _real("number_of_other", "U01", 60, "any", "number belongs to somebody else in the registry"),
    _real("number_unknown", "U01", 40, "any", "valid number that the registry does not know"),
    _trap("number_fifteen", "U01", "R08", 120, "any", "number_mistyped", "15-digit number, upgrades to the registered one"),
    _trap("number_rare_name", "U01", "R07", 60, "any", "number_of_other", "rare character written as a question mark"),
    _real("ghost", "X01", 20, "lone", "no trace outside the roster, made up"),
    _real("batch", "X01", 36, "lone", "one officer approved a row of full-rate loners on one day, one telephone", group=6),
    _trap("relief_batch", "X01", "R99", 30, "lone", "batch", "flood victims approved on one day, own telephones", group=6),
    # strange without any rule: groups, then single households over the months; each beside what is as common and lawful
    _real("account_row", "X01", 36, "dibao", "cards opened one after the other for households of several villages", group=6),
    _trap("village_cards", "X01", "R99", 36, "dibao", "account_row", "one village's cards opened in one go, approved over years", group=6),
    _real("stray_telephone", "X01", 24, "dibao", "one telephone for households of several villages", group=6),
    _trap("helper_telephone", "X01", "R99", 24, "dibao", "stray_telephone", "a helper's telephone in one village, over years", group=4),
    _real("stranger_holds", "X01", 20, "dibao", "a stranger's several accounts take the money of several households", group=5),
    _trap("guardian_holds", "X01", "R22", 12, "tekun", "stranger_holds", "accounts of the registered guardian", group=4),
    _real("batch_alike", "X01", 24, "dibao", "one officer, two days, the same odd amount a head", group=6),
    _trap("campaign", "X01", "R99", 24, "dibao", "batch_alike", "one officer, two days, households as different as any", group=6),
    _real("village_generous", "X01", 24, "dibao", "a village in which nearly everybody is in the highest category", group=8),
    _trap("village_poor", "X01", "R99", 24, "dibao", "village_generous", "a village with as many households, each judged by itself", group=8),
    _real("before_approval", "X01", 20, "dibao", "one officer's households were paid before they were approved", group=5),
    _trap("reviewed_later", "X01", "R99", 4, "dibao", "before_approval", "the review overwrote the day of approval"),
    _real("family_divided", "X01", 20, "family", "one family, two certificates, approved a day apart"),
    _trap("child_moved_out", "X01", "R99", 20, "family", "family_divided", "a grown child of the same book was approved years later"),
    _real("amount_creeps", "X01", 20, "dibao", "a little more every other month, for the same people"),
    _trap("amount_reviewed", "X01", "R99", 20, "dibao", "amount_creeps", "raised once after a review"),
    _real("account_wanders", "X01", 16, "dibao", "the money goes to another account every few months"),
    _trap("card_replaced", "X01", "R99", 20, "dibao", "account_wanders", "a lost card was replaced once"),
    _real("paid_apart", "X01", 12, "dibao", "paid on days of its own, month after month"),
    _trap("paid_late_once", "X01", "R99", 16, "dibao", "paid_apart", "one transfer bounced and was repeated a week later"),
    _real("off_roster", "X01", 12, "dibao", "paid on a certificate that no roster holds"),
    _trap("certificate_renewed", "X01", "R99", 12, "dibao", "off_roster", "paid under the old certificate, on the roster under the new one"),
    _real("above_roster", "X01", 12, "dibao", "paid more than the roster states, month after month"),
    _trap("raise_not_written", "X01", "R99", 12, "dibao", "above_roster", "raised in the last weeks, the roster will follow"),
    _real("more_heads", "X01", 10, "dibao", "paid for somebody who is on no roster"),
    _trap("child_born", "X01", "R99", 10, "dibao", "more_heads", "a child was born in autumn"),
    _real("on_and_off", "X01", 12, "dibao", "payment breaks off and goes on again and again"),
    _trap("suspended_once", "X01", "R99", 16, "dibao", "on_and_off", "suspended for a check, once"),
    _real("all_moved_away", "X01", 12, "dibao", "everybody struck off as moved away, paid on"),
    _trap("one_moved_away", "X01", "R99", 12, "family", "all_moved_away", "somebody of the household moved away"),
    _real("peak", "X01", 10, "dibao", "one month twice as high, for nothing"),
    _trap("left_out_and_made_up", "X01", "R99", 16, "dibao", "peak", "a month was left out and paid with the next"),
    _real("begun_early", "X01", 12, "dibao", "drew some months before it was approved"),
    _real("below_cap", "X01", 18, "dibao", "temporary aid a hair below the cap", group=6),
    _trap("cap_reached", "X01", "R99", 18, "dibao", "below_cap", "needed more than the cap and got the cap", group=3),
    _real("aid_again", "X01", 8, "dibao", "temporary aid in many small parts"),
    _trap("treated_monthly", "X01", "R99", 12, "dibao", "aid_again", "medical aid every month, for a treatment"),
    _real("village_crowded", "X01", 32, "dibao", "far more households than a village of its size has", group=16),
    _real("deaths_unreported", "X01", 12, "family", "a village in which no death is ever reported", group=6),
    _trap("deaths_reported", "X01", "R99", 12, "family", "deaths_unreported", "a village with as many deaths, each recalculated", group=6),
    _real("telephone_scattered", "X01", 12, "dibao", "one telephone for six households all over the city", group=6),
    _trap("grid_telephone", "X01", "R99", 12, "dibao", "telephone_scattered", "the village's grid worker answers for six households", group=6),
    _real("stranger_for_two", "X01", 8, "kin", "a stranger's two accounts take the money of two households", group=2),
    _trap("kin_collects", "X01", "R99", 8, "kin", "stranger_for_two", "the account of a child in the same book", group=2),
    _real("officer_elsewhere", "X01", 10, "dibao", "approved by the officer of another town, one by one", group=5),
    _trap("stand_in", "X01", "R99", 10, "dibao", "officer_elsewhere", "another town's officer while the own one was away", group=5),
    _real("days_off", "X01", 16, "dibao", "an officer who approves on Saturdays only", group=8),
    _trap("working_saturdays", "X01", "R99", 16, "dibao", "days_off", "weekends on which offices worked for a holiday", group=8),
    _real("village_admits", "X01", 32, "dibao", "one village admits sixteen households within two years", group=16),
    _real("heads_grow", "X01", 8, "dibao", "one more person in July, another in September"),
    _real("grace_without_end", "X01", 8, "dibao", "a gradual exit of years"),
    _trap("grace_of_months", "X01", "R99", 8, "dibao", "grace_without_end", "a gradual exit of months"),
    _real("one_sum", "X01", 16, "dibao", "one sum for every household of a village, whatever its size", group=8),
    _trap("sum_by_size", "X01", "R99", 16, "dibao", "one_sum", "a village whose sums go by people and means", group=8),
    _real("one_deduction", "X01", 16, "dibao", "one and the same rigid expense for a row of households", group=8),
    _trap("deductions", "X01", "R99", 12, "dibao", "one_deduction", "rigid expenses, as different as illnesses are", group=3),
    _real("kin_of_cadres", "X01", 12, "kin", "a village that supports the kin of its cadres, each declared", group=6),
    _real("paid_at_once", "X01", 16, "dibao", "an office that pays before its week of publicity is over", group=8),
    # people to help; no household of the rosters involved
    _real("needs_disabled", "M01", 520, "outside", "severely disabled, no means, not covered"),
    _trap("needs_disabled_means", "M01", "R99", 420, "outside", "needs_disabled", "severely disabled, has a pension, job or car"),
    _real("needs_medical", "M02", 160, "outside", "ruinous bills, no means, not covered"),
    _trap("needs_medical_means", "M02", "R99", 240, "outside", "needs_medical", "ruinous bills, has a pension, job or car"),
    _real("needs_monitored", "M03", 80, "outside", "monitored poor household, not covered"),
    _trap("needs_monitored_means", "M03", "R99", 70, "outside", "needs_monitored", "monitored household with a pension, job or car"),
    _real("destitute_old", "M04", 60, "outside", "old, alone in the book, no pension of any kind"),
    _real("destitute_disabled", "M04", 25, "outside", "too disabled to work, alone in the book"),
    _trap("destitute_pension", "M04", "R99", 40, "outside", "destitute_old", "old and alone, on an employee's pension"),
    _trap("destitute_spouse", "M04", "R99", 30, "outside", "destitute_old", "alone in the book, husband or wife in another one"),
    _real("disabled_several", "M05", 60, "outside", "two certificates in one book, no means, not covered"),
    _real("disabled_kept_by_old", "M05", 30, "outside", "old parents keep a severely disabled adult"),
    _trap("disabled_several_means", "M05", "R99", 50, "outside", "disabled_several", "two certificates, and a pension, job or car"),
    # people to help who draw, or drew
    _real("stopped_job_ended", "M06", 40, "worker", "stopped for a job that has ended since"),
    _trap("stopped_job_lasts", "M06", "R99", 40, "worker", "stopped_job_ended", "stopped for a job that lasts"),
    _real("add_on_withheld", "M07", 80, "topped", "severely disabled, draws, nothing is paid on top"),
    _trap("add_on_paid", "M07", "R99", 60, "topped", "add_on_withheld", "severely disabled, draws, the add-on is paid"),
    _real("visits_no_team", "M08", 50, "visited", "the team came once in three months"),
    _real("visits_no_cadre", "M08", 50, "visited", "the village came once in three months"),
    _trap("visits_made", "M08", "R99", 60, "visited", "visits_no_team", "visited whenever due"),
)
# fmt: on
BY_CODE = {scenario.code: scenario for scenario in SCENARIOS}
