"""python -m jobs.rank_clues"""

from jobs.launch.start import launch
from jobs.rank_clues.job import NAME, run

raise SystemExit(launch(NAME, run))
