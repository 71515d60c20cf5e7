"""Run the benchmarks and write their table: `python tests/benchmarks/run.py [WORD ...]`.

Each job runs beside its peers in this one process, on one thread unless its name says otherwise; the ratio is the median
over rounds of the peer's time over statsim's in the same round. With words, only jobs whose file name holds one of them
run, and nothing is written; without, the table also goes to docs/benchmarks.md. Needs `pip install -e ".[bench]"`.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "STATSIM_NUM_THREADS"):
    os.environ[_name] = "1"  # before NumPy is loaded, or its BLAS has made up its mind

import argparse  # noqa: E402
import importlib  # noqa: E402
import platform  # noqa: E402
import sys  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
HEADER = ("job", "statsim", "peer", "ratio", "to reach")

sys.path.insert(0, str(HERE))


def rows_of(module):
    """The table rows of one job file, printed as they come."""
    for job in importlib.import_module(f"jobs.{module}").jobs():
        for *row, reached in job.run():
            row[-1] += "" if reached or row[-1] == "-" else " (missed)"
            print(" | ".join(row), flush=True)
            yield row


def machine():
    """One sentence on where the figures were measured."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    packages = ", ".join(f"{name} {version(name)}" for name in ("statsim", "numpy", "numba", "scipy", "scikit-learn", "pyarrow"))
    return f"Measured on {model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}."


def page(rows):
    """The documentation page."""
    table = [HEADER, ["---"] * len(HEADER), *rows]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in table)
    return f"""# Benchmarks

Each job runs beside its peers in one process, on one thread unless its name says otherwise. A ratio is the peer's time over
statsim's: the median over rounds in which each contestant ran once. *To reach* is the figure the project sets itself.

{lines}

{machine()}

Run them yourself, from a checkout; the command prints this table and writes this page:

```sh
pip install -e ".[bench]" && python tests/benchmarks/run.py
```
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="run only job files whose name holds one of these words")
    words = parser.parse_args().words
    modules = sorted(path.stem for path in HERE.glob("jobs/*.py"))
    chosen = [name for name in modules if not words or any(word in name for word in words)]
    print(" | ".join(HEADER))
    rows = [row for module in chosen for row in rows_of(module)]
    if not words:
        PAGE.write_text(page(rows))
        print(f"written: {PAGE}")


if __name__ == "__main__":
    main()
