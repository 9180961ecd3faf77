"""The base of every section of the configuration: what is written in conf/ is checked before anything runs."""

from pydantic import BaseModel, ConfigDict


class Conf(BaseModel):
    """Frozen, strict, refusing keys that it does not know, so that a typo is an error and not a default, and numbers that are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
