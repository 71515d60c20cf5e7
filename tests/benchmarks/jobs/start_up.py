"""What a user waits for: the import, and the first rows of a loaded model in a new process."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import mixtures
from contest import Limit

IMPORT = "import time; begin = time.perf_counter(); import statsim; print(time.perf_counter() - begin)"
FIRST_ROWS = """
import sys, time
begin = time.perf_counter()
import statsim
statsim.load(sys.argv[1]).sample(1000, rng=1)
print(time.perf_counter() - begin)
"""


def timed(code, *arguments, **environment):
    """What `code` prints in a new process: seconds."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


def cold(path):
    """Seconds to the first rows with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        return timed(FIRST_ROWS, path, STATSIM_CACHE_DIR=cache)


def jobs():
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model.json"))
        mixtures.our_mixture().save(path)
        yield Limit("import statsim", lambda: timed(IMPORT), 0.150, rounds=9)
        timed(FIRST_ROWS, path)  # fills the cache
        yield Limit("first 1000 rows of a loaded model, warm cache", lambda: timed(FIRST_ROWS, path), 1.5)
        yield Limit("first 1000 rows of a loaded model, cold cache", lambda: cold(path), 8.0, rounds=3)
