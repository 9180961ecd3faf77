"""python -m jobs.link_people"""

from jobs.launch.start import launch
from jobs.link_people.job import NAME, run

raise SystemExit(launch(NAME, run))
