"""Mingjing (明镜): what runs. One package a stage, in the order of the README's picture; see docs/decisions/0024."""

import gc
import os
import sys
from pathlib import Path

from jobs.runtime.accounts import have_a_home
from jobs.runtime.last_words import have_last_words, refuse_small_limit
from jobs.runtime.stopping import end_while_importing

__version__ = "0.1.0"
"""The one place that states it; a released version is a heading of CHANGELOG.md, too."""

# A command imports this first and then for seconds: `python -m jobs.…`, whose name is not known yet, and `mingjing`. What Spark
# forks its workers from is no command, and ends with its JVM.
if sys.argv and Path(sys.argv[0]).name in ("-m", "mingjing") and not "".join(sys.argv[1:2]).startswith("pyspark"):
    end_while_importing()
    refuse_small_limit()
    have_last_words()
    # Plans, cells and imports are many small objects that live on: looked through every 700 of them, they took a fifteenth of a run.
    gc.set_threshold(100_000, 20, 50)
    # The engine has a thread for each core, and so has the column reader below each of them: those turned in circles, waiting for work.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    have_a_home()
    # A job imports what makes threads. `mingjing`, and the module that runs others in a network, enter as they begin.
    if sys.argv[0] == "-m" and not any("jobs.runtime.private_network" in argument for argument in sys.orig_argv):
        from jobs.runtime.private_network import enter_if_wanted

        enter_if_wanted(sys.argv[1:])
