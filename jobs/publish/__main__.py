"""python -m jobs.publish"""

from jobs.launch.start import launch
from jobs.publish.job import NAME, run

raise SystemExit(launch(NAME, run))
