"""Frames in one piece of memory."""

import resource
from collections.abc import Callable

from jobs.runtime.frames import in_one_piece

CALLS = 2_000
DEPTHS = range(250)


def below(depth: int, loop: Callable[[], int]) -> int:
    return below(depth - 1, loop) if depth else loop()


def leaf(depth: int = 3) -> int:
    return leaf(depth - 1) if depth else 0


def pages_taken() -> int:
    """Pages of memory that a loop of calls takes from the system."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def most_at_any_depth() -> int:
    return max(below(depth, pages_taken) for depth in DEPTHS)


def test_a_loop_takes_no_memory_for_its_calls_at_whatever_depth_it_runs() -> None:
    assert most_at_any_depth() >= CALLS  # what it is there for: some depth is the end of a piece
    assert in_one_piece(most_at_any_depth)() < CALLS / 10


def test_arguments_and_results_go_through() -> None:
    assert in_one_piece(max)([1, 3], key=lambda number: -number) == 1
