"""Suites: what Great Expectations checks of each silver table, built from its contract and the domain's bounds."""

from expectations.suites.silver import suite_for

__all__ = ["suite_for"]
