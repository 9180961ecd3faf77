"""python -m jobs.check_quality"""

from jobs.check_quality.job import NAME, run
from jobs.launch.start import launch

raise SystemExit(launch(NAME, run))
