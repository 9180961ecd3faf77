"""The stages of Mingjing and what they run on."""

import os
import sys

from jobs.runtime.last_words import have_last_words, refuse_small_limit
from jobs.runtime.stopping import end_while_importing

# A command imports this first and then for seconds: `python -m jobs.…`, whose name is not known yet, and `mingjing`.
if sys.argv and os.path.basename(sys.argv[0]) in ("-m", "mingjing"):
    end_while_importing()
    refuse_small_limit()
    have_last_words()
