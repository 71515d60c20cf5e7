"""Fitting a table of the size of the penguins', the number of components chosen by BIC."""

import subprocess
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path

from contest import Limit

MAIN = "from statsim.cli.main import main; main()"


def fit():
    """Seconds of `statsim fit penguins.csv --components auto`, the whole command."""
    data = resources.files("statsim") / "data" / "penguins.csv"
    with tempfile.TemporaryDirectory() as folder, resources.as_file(data) as path:
        model = Path(folder, "model.json")
        command = [sys.executable, "-c", MAIN, "fit", str(path), "-o", str(model), "--components", "auto"]
        begin = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - begin
        if not model.exists():
            raise RuntimeError(f"{command} wrote no model")
        return seconds


def jobs():
    fit()  # fills the cache
    yield Limit("statsim fit penguins.csv --components auto, warm", fit, 10.0, rounds=3)
