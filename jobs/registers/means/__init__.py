"""Means: what the registers hold of a set of persons, and whether it counts. Shared by needs and checks, used by no clue."""
