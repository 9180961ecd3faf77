"""A synthetic city: a delivery of all data sets and, beside it, the truth about every household.

`simulate` writes OUT/delivery (data files and manifest), truth.csv, truth_checks.csv, world.json and a
note that everything is invented. Equal scale and seed give equal bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from simulation import (
    add_ons,
    background_assets,
    background_means,
    background_people,
    checks,
    naive,
    places,
    population,
    rolls,
    truth,
    visits,
)
from simulation.caseload import Caseload, Sizes
from simulation.dates import AS_OF
from simulation.delivery_files import write_delivery
from simulation.registers import SCHEMAS, Registers
from simulation.scenarios import Stage, play_all

__all__ = ["SimulatedCity", "simulate"]

POPULATION_AT_SCALE_1 = 2_700_000
SOURCE_RECORDS_AT_SCALE_1 = 397_197
SOURCE_DATA_SETS = ("dibao_roster", "tekun_roster", "payments")
NOTE = """本文件夹的全部内容均为计算机合成,不对应任何真实的个人、家庭、单位、车辆、房产或账户。
身份证号码使用从未启用的行政区划代码(420292-420297、429981-429985、429991-429995),校验位有效;县、乡镇、村、单位的名称均为虚构,市、县的名称带有“合成”二字。
truth.csv、truth_checks.csv 给出每条线索的标准答案,仅用于检验程序,不得作为任何认定依据。

Everything in this folder was made by a computer program. No person, family, firm, vehicle or account in it exists.
Person numbers carry division codes that were never assigned; names of counties, towns, villages and units are invented.
truth.csv and truth_checks.csv hold the answers and serve to measure a program, nothing else.
"""


@dataclass(frozen=True)
class SimulatedCity:
    """What was written, and how it came out."""

    folder: Path
    delivered_rows: dict[str, int]
    source_records: int
    naive: dict[str, Any]
    hidden_share: float


def simulate(
    out: Path, *, scale: float, seed: int, lookalikes: float = 1.0, progress: Callable[[str], None] | None = None
) -> SimulatedCity:
    """Writes the city into `out`. Raises FileExistsError, and writes nothing, where that holds a delivery already.

    `scale` 1 is a city of 2.7 million people with 397,197 civil-affairs records (the two rosters and
    the payments); below about 0.02 the rosters stay large enough for every scenario to occur. `lookalikes`: times so many
    innocent households stand beside the true ones.
    """
    report = progress or (lambda _: None)
    rng = np.random.default_rng(seed)
    if (out / "delivery").exists():
        raise FileExistsError(f"{out / 'delivery'} is there already. Name another folder, or remove it first.")
    out.mkdir(parents=True, exist_ok=True)  # what cannot be written to is told before a city is made
    registers = Registers()
    report("people")
    city = places.lay_out(rng, villages_per_town=max(2, min(20, round(120 * scale**0.5))))
    people = population.settle(rng, city, max(12_000, round(POPULATION_AT_SCALE_1 * scale)))
    stage = Stage(rng, people, Caseload(rng, people).draw(_sizes(scale)), registers)
    report("scenarios")
    play_all(stage, scale, report, lookalikes=lookalikes)
    report("background")
    _fill_background(rng, people, registers, stage)
    # From a stream of their own: what came before them stays the city that it was.
    more = np.random.default_rng([seed, 1])
    add_ons.pay_add_ons(more, people, stage.cases, registers)
    rolls.write_rosters(rng, people, stage.cases, registers)
    rolls.write_payments(people, stage.cases, registers)
    missing = round(SOURCE_RECORDS_AT_SCALE_1 * scale) - sum(registers.count(code) for code in SOURCE_DATA_SETS)
    rolls.write_next_payments(people, stage.cases, registers)
    visits.write_visits(more, people, stage.cases, registers)
    rolls.write_aids(rng, people, registers, max(10, missing), stage.aid_payees)
    check_truth = checks.apply_for_checks(rng, people, registers, scale)
    frames = _ordered(rng, registers)
    report("naive match")
    facts, result = truth.settle_truth(stage.findings, naive.naive_clues(frames))
    making = out / ".delivery"
    shutil.rmtree(making, ignore_errors=True)  # of a simulation that was stopped
    write_delivery(making, frames, rng, report)
    truth.write_truth(out, facts, check_truth)
    rows = {code: len(frame) for code, frame in frames.items()}
    records = sum(rows[code] for code in SOURCE_DATA_SETS)
    hidden = truth.hidden_share(facts)
    truth.write_world(
        out,
        {
            "population": len(people),
            "asof": AS_OF.isoformat(),
            "scale": scale,
            "seed": seed,
            "synthetic": True,
            "source_records": records,
            "delivered_rows": rows,
            "naive": result,
            "invisible_share": hidden,
        },
    )
    (out / "合成数据说明.txt").write_text(NOTE, encoding="utf-8")
    making.rename(out / "delivery")
    return SimulatedCity(out, rows, records, result, hidden)


def _sizes(scale: float) -> Sizes:
    """Cases for the scale; the aids fill the records up to the exact number."""
    return Sizes(households=max(460, round(19_900 * scale)), tekun=max(130, round(5_400 * scale)))


def _fill_background(rng: np.random.Generator, people: population.People, registers: Registers, stage: Stage) -> None:
    """Everything ordinary, after the scenarios have marked the people they need for themselves."""
    background_people.bury(rng, people, registers)
    background_people.marry(rng, people, registers)
    background_means.employ(rng, people, registers)
    background_means.elect(rng, people, registers)
    background_means.insure(rng, people, registers)
    background_means.retire(rng, people, registers)
    background_assets.drive(rng, people, registers)
    background_assets.house(rng, people, registers)
    background_assets.trade(rng, people, registers)
    background_people.certify(rng, people, registers, stage.certified)
    background_people.register_poor(rng, people, registers)
    background_people.fall_ill(rng, people, registers)
    background_people.imprison(rng, people, registers)
    background_people.write_registry(rng, people, registers)


def _ordered(rng: np.random.Generator, registers: Registers) -> dict[str, pl.DataFrame]:
    """All frames; scenario rows mixed among the others, rosters by place and household, payments by day."""
    frames: dict[str, pl.DataFrame] = {}
    for code in SCHEMAS:
        frame = registers.frame(code)
        if code in ("dibao_roster", "tekun_roster"):
            number = "household_no" if code == "dibao_roster" else "tekun_no"
            frame = frame.sort("county_code", "town", "village", number, maintain_order=True)
        elif code == "payments":
            frame = frame.sort("paid_on", "county_code", "household_no", "for_month", nulls_last=True, maintain_order=True)
        elif code not in ("household_registry", "check_requests"):
            frame = frame[rng.permutation(len(frame))]
        frames[code] = frame
    return frames
