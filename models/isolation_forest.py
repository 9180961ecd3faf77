"""The isolation forest: parameters, training, and the one place where its sign is turned."""

from __future__ import annotations

from pydantic import Field

from expectations.conf import Conf


class ForestParams(Conf):
    """Parameters of training. Liu, Ting & Zhou 2008, section 4: results are stable from 100 trees of 256 samples."""

    trees: int = Field(ge=1)
    sample_size: int = Field(ge=2, description="rows a tree is grown on")
    training_rows: int = Field(ge=2, description="cases drawn by hash of their id for training")
    seed: int = Field(ge=0)
