"""Benchmarks: the main job beside a hand-written script, on a simulated city."""
