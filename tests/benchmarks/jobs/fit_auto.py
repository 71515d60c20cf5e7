"""Fitting a table of the size of the penguins', the number of components chosen by BIC."""

import subprocess
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path

from contest import Limit


def fit():
    """Seconds of `statsim fit penguins.csv --components auto`, the whole command."""
    data = resources.files("statsim") / "data" / "penguins.csv"
    with tempfile.TemporaryDirectory() as folder, resources.as_file(data) as path:
        command = [sys.executable, "-m", "statsim.cli.main", "fit", str(path), "-o", str(Path(folder, "model.json"))]
        begin = time.perf_counter()
        subprocess.run([*command, "--components", "auto"], check=True, capture_output=True)
        return time.perf_counter() - begin


def jobs():
    fit()  # fills the cache
    yield Limit("statsim fit penguins.csv --components auto, warm", fit, 10.0, rounds=3)
