"""python -m jobs.check_households"""

from jobs.check_households.job import NAME, run
from jobs.launch.start import launch

raise SystemExit(launch(NAME, run))
