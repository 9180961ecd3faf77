"""python -m jobs.find_clues"""

from jobs.find_clues.job import NAME, run
from jobs.launch.start import launch

raise SystemExit(launch(NAME, run))
