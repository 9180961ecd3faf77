"""What `mingjing rule new` writes: a rule that finds something simple, with the places that are the writer's marked "Yours to say" (由您补充)."""

from __future__ import annotations

from string import Template

RULE_FILE = Template('''"""$code $title: a covered person stands in the register $register, and the case was paid for months after the entry."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.evidence import rows_of
from jobs.registers.sentences import $zh_names
from jobs.rulebook.facts import Facts, with_months_that_count, held_by
from jobs.rulebook.rule import Judgement, Rule


class ${camel}Params(Conf):
    least_months: int = Field(ge=1, description="months paid after the entry from which it is asked about")


def candidates(facts: Facts, params: ${camel}Params) -> DataFrame:
    """One row per covered person and entry of the register. $counting"""
    # Yours to say: whose entries count. facts.members is everyone in the rosters; facts.household has their husbands and wives, too.
    covered = facts.members.filter("is_covered")
    entries = held_by(covered, facts, "$register", "$number_key", "$name_key")
    return with_months_that_count($entries, after="$after").withColumns(
        {
            # Two entries of one person are two things: what tells them apart, and stays the same in the next delivery.
            "thing_key": F.concat_ws(
                ":",
                F.lit("$register"),
$things            ),
            # Yours to say: the cells that an inspector should see; never a number or a name of a person.
            "evidence": rows_of(
                "$register",
$evidence            ),
        }
    )


def judge(params: ${camel}Params) -> Judgement:
    return Judgement(
        # Yours to say: what makes the entry a clue, and the figure that is held against the limit.
        found=F.col("paid_months") >= params.least_months,
        value=F.col("paid_months").cast("double"),
        threshold=float(params.least_months - 1),
        is_personal=True,  # only the person's share is at stake; False: all that the household was paid
$missing        # Yours to say: what data can excuse, in the order in which it counts. The codes are EXEMPTIONS in jobs/rulebook/rule.py.
        exempt={
            "R23": (F.col("paid_months") == 0) & (F.col("refunded_yuan") > 0),
        },
        # Yours to say: one sentence to read aloud. It tells what a register shows and asks to verify; it blames nobody.
        explanation=F.concat(
$explanation        ),
    )


RULE = Rule(
    code="$code",
    title="$title",
    title_zh="$title_zh",
    subject="the person",
    unit="months",
    # Yours to say: the text that this rule rests on, and since when it is in force. This one only allows to check.
    source="$source",
    in_force=(date(2014, 5, 1), None),
    params=${camel}Params,
    candidates=candidates,
    judge=judge,
    # Yours to say: what only a visit can decide.
    verify=("核对登记的是否本人", "核对是否仍符合享受条件"),
    registers=("$register",),
)
''')

SOURCE = "社会救助暂行办法（国务院令第649号，2014）第五十八条：对救助家庭状况定期核查"

PAGE = Template("""# $code $title · $title_zh

**Condition.** A covered person stands in the register `$register`, and the case was paid for months after the entry.

<!-- generated:facts -->

| legal source | $source |
| --- | --- |

<!-- end:facts -->

## How it is judged

The register is searched under every covered person's number. $counting Only the person's share is in question. (Yours to say: the rest.)

## Worked example

$story

Months counted: $span. Paid: $months × 400.00 = $yuan yuan. Value $months months: **found**. Upper bound and estimate $yuan yuan.

Its innocent twin: all of it was paid back: **exempt R23**.

```case
$example```

## Why it matters

(Yours to say: why this is worth a visit, in words that a stranger to the office understands.)

## Innocent explanations

Decided by data, in this order; the first that holds is kept:

| code | when |
|---|---|
| R23 已停发并追回 | money went out for months that count and no month is left paid after refunds |
| R07 号码有误或重号 | the register carries the number under another name (grade D) |

What only a visit can decide:

- (yours to say: who could be in this register and yet draw lawfully)

## What it cannot see

(Yours to say: what escapes the rule, so that nobody takes silence for innocence.)

## Output

One finding for each case, person and entry. `value` is the number of months paid after the entry. `amount_upper` is what the case was paid in those
months, `amount_estimate` the person's share of it, in yuan.
""")

CHINESE_PAGE = Template("""# $code $title_zh

**说的是什么。** ${register_zh}中有这名保障对象的登记，登记以后仍在领取。

这是一个请人核实的问题，不是结论。

<!-- generated:facts -->

<!-- end:facts -->

## 系统怎么看

从登记次月算起，只问本人的一份；全部退回的不交办。（由您补充：还看什么。）

## 可能完全正常的情形

（由您补充：什么样的人会在这份登记里，却完全应该领取。）

## 系统看不到什么

（由您补充：哪些情形不会被发现。）

[怎样看一条线索](../read-a-clue.md) · [怎样填写并交回](../return.md) · 完整说明（英文）：[$code](../../rules/$code.md)
""")

TABLE_HEAD = Template("""# $code $title. Write the expected outcomes from the rule's page, never from what the rule gives.
# register: $register $number_key $name_key
""")

NEXT_STEPS = """Next:
  1. Say what is yours to say: {rule_file}, {page}, {chinese_page}, {table}. Each innocent case has a true twin that differs in one cell.
  2. .venv/bin/python -m pytest tests/rules -k {code}
  3. mingjing rule try {code} --out OUT --as-of DAY: what it gives over a past delivery, before it is switched on.
  4. Name it in docs/glossary.md (which exemptions it decides), state its prior in conf/base.yaml, then make docs and make check.
Until you change it, the rule asks about everybody in the register: do not let it into a run of the office."""
