"""Memory of `statsim sample` while it streams 1e8 rows of five columns to Parquet."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from contest import Limit

ROWS = 100_000_000
MAIN = "from statsim.cli.main import main; main()"


def peak(command):
    """Largest resident memory in MB of a process, watched until it ends."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    watched, top = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            top = max(top, watched.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.05)
    if process.wait() != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return top / 1e6


def jobs():
    import statsim

    folder = tempfile.TemporaryDirectory(dir=os.environ.get("STATSIM_BENCH_DIR"))  # 4 GB are written there
    with folder:
        model, rows = Path(folder.name, "model.json"), Path(folder.name, "rows.parquet")
        rng = np.random.default_rng(1)
        means, roots = rng.standard_normal((3, 5)), rng.standard_normal((3, 5, 5))
        covariances = roots @ roots.transpose(0, 2, 1) + np.eye(5)
        statsim.GaussianMixture.from_parameters(weights=[0.2, 0.3, 0.5], means=means, covariances=covariances).save(model)
        command = [sys.executable, "-c", MAIN, "sample", str(model), "-n", str(ROWS), "--seed", "1", "-o", str(rows)]
        yield Limit("statsim sample -n 1e8, 5 columns, to Parquet: memory", lambda: peak(command), 500.0, "MB", 1)
