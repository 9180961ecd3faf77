"""Configuration: conf/base.yaml, overlaid by conf/<env>.yaml, and conf/policy.yaml into frozen objects that refuse unknown keys."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import date
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError, field_validator

from casework.states import ClockParams
from expectations.bounds import SuiteBounds
from expectations.conf import Conf
from jobs.access.roles import AccessParams
from jobs.launch.edition_params import EditionParams
from jobs.launch.fairness_params import FairnessParams
from jobs.launch.plan_params import PlanParams
from jobs.launch.prepay_params import PrepayParams
from jobs.launch.retention_params import RetentionParams
from jobs.registers.policy import Policy
from jobs.registers.second_looks import SecondLookParams
from jobs.rulebook.rule import EXEMPTIONS
from jobs.rules import RULES
from jobs.runtime.engine_settings import EngineSettings
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.site_key import KeyParams
from models.params import ForestParams, LinkageParams
from models.ranking import LearningParams

CONF_VARIABLE = "MINGJING_CONF"
ACCESS = "access"
_LONGEST_VALUE = 60
"""Characters of a value that is shown beside what was expected of it."""


class IngestSettings(Conf):
    piece_mib: int = Field(ge=1)
    filler_names: int = Field(ge=3)


class LakeSettings(Conf):
    kept_versions: int = Field(ge=1, description="versions of a table that stay readable, the current one among them")
    kept_models: int = Field(ge=1, description="versions of the model of strangeness that are kept, the one in use besides")


class FloodSettings(Conf):
    """One bad rule floods an office: what yields more than its stated share of all households is held back."""

    highest_share: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(description="of all benefit households, by rule")
    otherwise: float = Field(gt=0, le=1, description="of a rule that is not named")
    least_cases: int = Field(ge=1, description="households up to which no rule is a flood")

    def share_of(self, rule_code: str) -> float:
        return self.highest_share.get(rule_code, self.otherwise)


class RankingSettings(Conf):
    prior: dict[str, Annotated[float, Field(gt=0, lt=1)]]
    pattern_prior: dict[str, Annotated[float, Field(gt=0, lt=1)]]
    doubt_factor: dict[str, Annotated[float, Field(gt=0, le=1)]]
    exemption_factor: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(
        description="by exemption, such as R15; or by rule and exemption, such as K01.R15, which goes before"
    )
    grade_factor: dict[str, Annotated[float, Field(gt=0, le=1)]]
    anomaly_weight: float = Field(ge=0)
    strength_weight: float = Field(ge=0)

    @field_validator("exemption_factor")
    @classmethod
    def _known(cls, factors: dict[str, float]) -> dict[str, float]:
        known = {*EXEMPTIONS, *(f"{rule.code}.{code}" for rule in RULES for code in EXEMPTIONS)}
        if unknown := sorted(set(factors) - known):
            raise ValueError(f"{unknown[0]}: expected an exemption such as R15, or a rule and an exemption such as K01.R15")
        return factors


class LawSettings(Conf):
    day: date | None = Field(
        None, description="day whose law is applied, whatever day the run stands for; empty = the law of each time"
    )


class Settings(Conf):
    """The whole configuration of a run. Rule parameters are checked by the class each rule states."""

    engine: EngineSettings
    lake: LakeSettings
    key: KeyParams
    ingest: IngestSettings
    quality: SuiteBounds
    linkage: LinkageParams
    law: LawSettings
    policy: Policy
    rules: dict[str, dict[str, Any]]
    forest: ForestParams
    flood: FloodSettings
    ranking: RankingSettings
    learning: LearningParams
    plan: PlanParams
    prepay: PrepayParams
    fairness: FairnessParams
    casework: ClockParams
    retention: RetentionParams
    editions: EditionParams
    second_look: SecondLookParams
    access: AccessParams

    @property
    def fingerprint(self) -> str:
        """Digest of everything that shapes results."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def params(self, rule_code: str) -> Conf:
        rule = next(rule for rule in RULES if rule.code == rule_code)
        return rule.params.model_validate(self.rules.get(rule_code, {}), strict=False)


def conf_folder() -> Path:
    """`MINGJING_CONF`, or conf/ of the checkout, or conf/ where the process runs."""
    if named := os.environ.get(CONF_VARIABLE):
        return Path(named)
    beside = Path(__file__).resolve().parents[2] / "conf"
    return beside if beside.is_dir() else Path("conf")


def load_settings(env: str | None = None, folder: Path | None = None) -> Settings:
    """base.yaml and policy.yaml with the overlay of `env`. Raises BadConfiguration naming file, key, value and what was expected."""
    folder = folder or conf_folder()
    content = {**_read(folder / "base.yaml"), "policy": _read(folder / "policy.yaml")}
    if env is not None:
        if not re.fullmatch(r"[\w-]+", env):
            raise BadConfiguration(f"--env is {env!r}. Expected the name of an overlay, such as test for {folder}/test.yaml.")
        overlay = _read(folder / f"{env}.yaml")
        if ACCESS in overlay:
            raise BadConfiguration(
                f"{folder}/{env}.yaml: {ACCESS} may stand in base.yaml alone: else --env would turn it off. Nothing was read."
            )
        content = _merged(content, overlay)
    source = f"{folder}/base.yaml" + (f" + {env}.yaml" if env else "")
    try:
        settings = Settings.model_validate(content, strict=False)
    except ValidationError as error:
        raise BadConfiguration(_explained(folder, source, error)) from None
    if settings.law.day is not None:
        settings = settings.model_copy(update={"policy": settings.policy.under(settings.law.day)})
    known = sorted(rule.code for rule in RULES)
    named = {
        "rules": settings.rules,
        "plan.hard_rules": settings.plan.hard_rules,
        "prepay.rules": settings.prepay.rules,
        "ranking.prior": settings.ranking.prior,
        "flood.highest_share": settings.flood.highest_share,
    }
    for where, codes in named.items():
        if unknown := sorted(set(codes) - set(known)):
            raise BadConfiguration(f"{source}: {where}.{unknown[0]} is no rule. Rules: {', '.join(known)}.")
    for code in known:
        try:
            settings.params(code)
        except ValidationError as error:
            raise BadConfiguration(_explained(folder, source, error, f"rules.{code}.")) from None
    return settings


def load_access() -> AccessParams:
    """Of base.yaml alone, before a command begins. Raises BadConfiguration where it is not there: nobody is let in for want of it."""
    path = conf_folder() / "base.yaml"
    try:
        return AccessParams.model_validate(_read(path).get(ACCESS), strict=False)
    except ValidationError as error:
        raise BadConfiguration(_explained(path.parent, str(path), error, f"{ACCESS}.")) from None


class _Loader(yaml.SafeLoader):
    """YAML in which a key stands once: of two values nobody could tell which one holds."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[Any] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):  # no other is a key to PyYAML
            if key.value in keys:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} stands twice", key.start_mark)
            keys.add(key.value)
        return super().construct_mapping(node, deep)


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BadConfiguration(f"No configuration file {path}. Set {CONF_VARIABLE} to the folder that holds base.yaml.")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BadConfiguration(f"{path}{line} is not YAML: {error.problem}. Nothing was read.") from None
    except UnicodeDecodeError:
        raise BadConfiguration(f"{path} is not text in UTF-8. Save it as UTF-8. Nothing was read.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a day or number that is none, a character, lists without end
        raise BadConfiguration(f"{path} is not YAML: {str(error).splitlines()[0]}. Nothing was read.") from None
    if not isinstance(content, dict):
        raise BadConfiguration(f"{path} holds no keys. Expected sections such as engine, ingest, rules.")
    return content


def _merged(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """`overlay` over `base`: sections merge, values and lists replace."""
    merged = dict(base)
    for key, value in overlay.items():
        merged[key] = _merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
    return merged


def _explained(folder: Path, source: str, error: ValidationError, section: str = "") -> str:
    # A misspelt key makes two errors, the unknown key and the missing one: the first is the one to tell.
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    where = section + (".".join(str(part) for part in first["loc"]) or error.title)
    if where.startswith("policy."):
        source = f"{folder}/policy.yaml"
    given = "" if first["type"] == "missing" else f" (given: {shorten(repr(first['input']), _LONGEST_VALUE)})"
    return f"{source}: {where}: {first['msg']}{given}. Nothing was read."
