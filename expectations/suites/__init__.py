"""Suites: what the figures of each table, and those between tables, may be."""
