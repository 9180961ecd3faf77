"""Scoring: features of cases, and the ranking of clues."""
