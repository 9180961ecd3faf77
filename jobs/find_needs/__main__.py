"""python -m jobs.find_needs"""

from jobs.find_needs.job import NAME, run
from jobs.launch.start import launch

raise SystemExit(launch(NAME, run))
