"""Spark's Python workers of a local Spark: `python -m jobs.runtime.spark_workers` is what they are forked from.

Before each task pyspark has every archive on the path listed anew, once for each package that was imported from it: a tenth of a
second, many times what most tasks take. What is in the archives is installed besides, and the workers import that.
"""

from __future__ import annotations

import runpy
import sys

if __name__ == "__main__":
    sys.path[:] = [place for place in sys.path if not place.endswith((".zip", ".jar"))]
    runpy.run_module("pyspark.daemon", run_name="__main__", alter_sys=True)
