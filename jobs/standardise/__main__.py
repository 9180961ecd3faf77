"""python -m jobs.standardise"""

from jobs.launch.start import launch
from jobs.standardise.job import NAME, run

raise SystemExit(launch(NAME, run))
