"""python -m jobs.project_cases"""

from jobs.launch.start import launch
from jobs.project_cases.job import NAME, run

raise SystemExit(launch(NAME, run))
