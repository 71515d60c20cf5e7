"""Memory of online EM over 1e7 rows of four columns in a Parquet file, and of exact EM in passes."""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from contest import Limit
from jobs.stream_rows import peak

ROWS = 10_000_000
FIT = """
import sys
import statsim as ss
method = {"online": ss.OnlineEM(), "passes": ss.MLE(max_iter=5)}[sys.argv[2]]
ss.GaussianMixture(3, method=method, rng=0).fit(sys.argv[1])
"""


def fit(path, method):
    """The command of a process that does nothing but the fit."""
    return [sys.executable, "-W", "ignore", "-c", FIT, path, method]


def write(path):
    """Rows of a mixture, in batches."""
    import pyarrow as pa

    import statsim
    from statsim.tables.writing import TableWriter

    rng = np.random.default_rng(1)
    means, roots = 3 * rng.standard_normal((3, 4)), rng.standard_normal((3, 4, 4))
    model = statsim.GaussianMixture.from_parameters(weights=[0.2, 0.3, 0.5], means=means, covariances=roots @ roots.transpose(0, 2, 1) + np.eye(4))
    with TableWriter(path) as writer:
        for X in model.sample_batches(ROWS, rng=5):
            writer.write(pa.table({name: X[:, j] for j, name in enumerate("abcd")}))


def jobs():
    folder = tempfile.TemporaryDirectory(dir=os.environ.get("STATSIM_BENCH_DIR"))  # 310 MB are written there
    with folder:
        path = str(Path(folder.name, "rows.parquet"))
        write(path)
        yield Limit("OnlineEM over 1e7 rows x 4 of Parquet: memory", lambda: peak(fit(path, "online")), 300.0, "MB", 1)
        yield Limit("EM in passes over the same rows (5 steps): memory", lambda: peak(fit(path, "passes")), 300.0, "MB", 1)
