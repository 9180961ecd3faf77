"""Mingjing (明镜): what runs. One package a stage, in the order of the README's picture; see docs/decisions/0024."""

__version__ = "0.1.0"
"""The one place that states it; a released version is a heading of CHANGELOG.md, too."""
