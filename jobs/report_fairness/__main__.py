"""python -m jobs.report_fairness"""

from jobs.launch.start import launch
from jobs.report_fairness.job import NAME, run

raise SystemExit(launch(NAME, run))
