"""Compare samplers and write their table: `python tests/benchmarks/mcmc/run.py [WORD ...]`.

4 chains of 1000 + 1000 draws on all cores; the figure is the smallest bulk effective sample size over the coordinates
divided by the seconds of the whole call: the median over seeds, all contestants in turn for each seed. With words, only
targets whose name holds one of them run, and nothing is written. Needs `pip install -e ".[bench]"`.
"""

import argparse
import gc
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "benchmarks-mcmc.md"
sys.path[:0] = [str(HERE), str(HERE.parents[2])]
os.environ.setdefault("JAX_ENABLE_X64", "1")

import contestants  # noqa: E402
import targets  # noqa: E402

SEEDS = (1, 2, 3)
HEADER = "| target | statsim | peers | best peer | to reach |\n| --- | --- | --- | --- | --- |"
REACH = {"NUTS": 1.2, "logistic": 2.0, "random walk": 4.0, "compiled": 10.0}


def efficiency(values, taken):
    """Smallest bulk effective sample size per second."""
    from statsim import metrics

    return float(metrics.ess_bulk(values).min()) / taken


def race(problem, makers):
    """Median efficiency of each contestant, everything compiled before."""
    found = {name: [] for name in makers}
    ready = {name: make(problem) for name, make in makers.items()}
    for draw in ready.values():
        draw(0)
    for seed in SEEDS:
        for name, draw in ready.items():
            found[name].append(efficiency(*timed(lambda draw=draw, seed=seed: draw(seed))))
    return {name: statistics.median(rates) for name, rates in found.items()}


def timed(call):
    """What `call` returns, and the seconds it took; garbage from before is not searched on its time."""
    gc.collect()
    gc.freeze()
    begin = time.perf_counter()
    values = call()
    return values, time.perf_counter() - begin


def race_of_new_targets(place):
    """Median efficiency of each contestant on a target it has not seen, each in a process of its own that has sampled another."""
    found = {}
    for name in contestants.NUTS:
        command = [sys.executable, __file__, "--contestant", name, str(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found[name] = float(done.stdout.split()[-1])
    return found


def race_alone(name, place):
    """Median efficiency of one contestant on problem number `place`, compilation counted; the first compiled target is another one."""
    problems, make = targets.problems(), contestants.NUTS[name]
    make(problems[place - 1])(0)
    rates = [efficiency(*timed(lambda seed=seed: make(problems[place])(seed))) for seed in SEEDS]
    print(statistics.median(rates))


def row(name, rates, reach):
    ours = rates.pop("statsim")
    best = max(rates, key=rates.get)
    ratio = ours / rates[best]
    peers = ", ".join(f"{peer} {short(rate)}" for peer, rate in rates.items())
    missed = "" if ratio >= reach else " (missed)"
    return f"| {name} | {short(ours)} | {peers} | {ratio:.1f} x {best} | {reach:g} x{missed} |"


def short(rate):
    """A rate with three digits."""
    return f"{rate / 1e3:.3g} k" if rate >= 1e3 else f"{rate:.3g}"


def rows(words):
    for place, problem in enumerate(targets.problems()):
        if words and not any(word in problem.name for word in words):
            continue
        reach = REACH["logistic"] if "logistic" in problem.name else REACH["NUTS"]
        yield row(problem.name, race(problem, contestants.NUTS), reach)
        reach = REACH["compiled"] if problem.dim == 10 else 1.0
        yield row(f"{problem.name}, compilation counted", race_of_new_targets(place), reach)
        if hasattr(problem, "numba_log_density"):
            rates = race(problem, contestants.RANDOM_WALK)
            yield row(f"{problem.name}, random walk", rates, REACH["random walk"])


def page(lines):
    """The documentation page."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "nutpie", "pymc", "blackjax", "jax", "emcee"))
    body = "\n".join(lines)
    return f"""# Benchmarks of samplers

Smallest bulk effective sample size per second: 4 chains of 1000 + 1000 draws on {os.cpu_count()} cores, warm-up counted, the median of
{len(SEEDS)} seeds, all contestants in turn. *Compilation counted* begins with a target that nobody has seen, each
contestant in a process of its own that has sampled another target before.

{HEADER}
{body}

Measured on {model}, {platform.system()}, Python {platform.python_version()}, {versions}. nutpie runs PyMC models through Numba and learns a
low-rank metric for the regression, the others a dense one; statsim's regression is `statsim.samplers.likelihoods.logistic`. BlackJAX's random walk is given the true covariance. No contestant diagnoses its draws.

```sh
pip install -e ".[bench]" && python tests/benchmarks/mcmc/run.py
```
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="run only targets whose name holds one of these words")
    parser.add_argument("--contestant", nargs=2, metavar=("NAME", "PLACE"), help="one contestant, compilation counted (used by the command itself)")
    arguments = parser.parse_args()
    if arguments.contestant:
        race_alone(arguments.contestant[0], int(arguments.contestant[1]))
        return
    words, lines = arguments.words, []
    print(HEADER)
    for line in rows(words):
        print(line, flush=True)
        lines.append(line)
    if not words:
        PAGE.write_text(page(lines))
        print(f"written: {PAGE}")


if __name__ == "__main__":
    main()
