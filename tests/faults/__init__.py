"""Simulation of faults, seeded and replayable: `python -m tests.faults --seeds 10000`, and one of them again by `--seed N`.

disk.py     a shim under `os`, `open`, the clock and deltalake: each thing that is done to the disk is a step, at which it may fail,
            tear, fill up, let another command in, or be the last one; and what a power cut leaves of all that was done
engine.py   stands in for the engine: rows in memory, written as Parquet
world.py    the product's own writers over a city of a few rows: run, take-in, purge; what stands afterwards, and what is wrong with it
seeds.py    a seed: what is done, what befalls it, and what must hold then
"""
