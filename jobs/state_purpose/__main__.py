"""python -m jobs.state_purpose"""

from jobs.launch.start import launch
from jobs.state_purpose.job import NAME, run

raise SystemExit(launch(NAME, run))
