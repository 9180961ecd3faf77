"""Parameters of the models, as conf/ states them. Every command reads them: no library of a model is imported here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from expectations.conf import Conf


class ForestParams(Conf):
    """Parameters of training. Section 4 of the paper: results are stable from 100 trees of 256 samples."""

    trees: int = Field(ge=1)
    sample_size: int = Field(ge=2, description="rows a tree is grown on")
    training_rows: int = Field(ge=2, description="cases drawn by hash of their id for training")
    seed: int = Field(ge=0, lt=2**32)


class LinkageParams(Conf):
    """When a candidate is the person: models/linkage/README.md says what these were measured to mean."""

    # Above what a name, the sex and the village can say together, and above what a twin has: see the page.
    least_weight: float = Field(default=11.0, description="match weight that a link needs, log2 of odds")
    least_lead: float = Field(default=4.0, gt=0, description="how much more it must weigh than the next candidate, log2 of odds")
    backend: Literal["duckdb", "spark"] = Field(
        default="duckdb",
        description="where pairs are made and weighed: duckdb on the driver does for a city, spark for a province",
    )
