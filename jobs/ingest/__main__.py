"""python -m jobs.ingest"""

from jobs.ingest.job import NAME, run
from jobs.launch.start import launch

raise SystemExit(launch(NAME, run, needs_delivery=True))
