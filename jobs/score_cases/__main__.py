"""python -m jobs.score_cases"""

from jobs.launch.start import launch
from jobs.score_cases.job import NAME, run

raise SystemExit(launch(NAME, run))
