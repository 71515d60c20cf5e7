"""The long checks, by one command: `python tests/nightly/run.py [NAME ...]`.

interpreted  the suite with NUMBA_DISABLE_JIT=1: coverage is real and a bad index is an error
bounds       the suite with NUMBA_BOUNDSCHECK=1
fresh        the statistical and law tests again, every seed mixed with entropy from the system, which is printed
tails        a thousand million normals: how many lie beyond 3, 4, 5 and 6
long         many random splits, mixtures and data sets, seeded by the same printed entropy
calibration  simulation-based calibration of the samplers, 1000 replications each
kills        chains with checkpoints, killed at 200 random moments

Each runs in its own process with its own cache folder. `STATSIM_NIGHTLY_ENTROPY=N` repeats a run that failed.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

# Too slow without compilation: whole fits, and 1e5 and more draws. Each is run compiled by the other jobs.
LEFT_OUT_INTERPRETED = (
    "tests/architecture",
    "tests/cli",
    "tests/docs",
    "tests/golden",
    "tests/laws",
    "tests/statistical",
    "tests/estimators/test_mle.py",
    "tests/models/hmm/test_posterior_draws.py",
    "tests/models/hmm/test_state_target.py",
    "tests/models/test_gaussian_mixture_estimator.py",
    "tests/models/test_gaussian_mixture_honesty.py",
    "tests/models/test_gaussian_mixture_optima.py",
    "tests/models/test_synthesizer.py",
    "tests/models/test_table_mixture_density.py",
    "tests/models/test_table_mixture_fit.py",
    "tests/models/test_table_mixture_sampling.py",
    "tests/samplers/test_c_form.py",  # about compiling
    "tests/samplers/test_guide_draws.py",
    "tests/samplers/test_known_answers.py",
    "tests/samplers/test_nuts_invariance.py",
    "tests/samplers/test_nuts_warmup.py",
    "tests/samplers/test_reference_posteriors.py",
    "tests/samplers/test_simulation_based_calibration.py",
    "tests/samplers/test_target.py",  # half of it about compiling
    "tests/kernels/test_streams.py::test_normals_follow_their_law",
    "tests/kernels/test_streams.py::test_interleaved_blocks_follow_the_law",
    "tests/kernels/test_streams.py::test_one_bit_apart_keys_are_unrelated",
    "tests/kernels/test_streams.py::test_broken_twin_without_the_base_layer_fails",
    "tests/kernels/test_streams.py::test_broken_twin_with_equal_blocks_fails",
)
# unsigned words wrap on purpose, and every function is a plain one; interpreted, NumPy and statsim warn of it
INTERPRETED_WARNINGS = "error\nignore:overflow encountered in scalar:RuntimeWarning\nignore:.* is a plain Python function"
SEEDED = ("tests/statistical", "tests/laws", "tests/testing", "tests/metrics", "tests/kernels/test_variates.py")


def present(*paths):
    """Those of `paths` that exist in the checkout."""
    return [path for path in paths if (ROOT / path).exists()]


def left_out(place):
    """pytest's option that leaves out a folder, a file or a test."""
    return f"--deselect={place}" if "::" in place else f"--ignore={place}"


def jobs(entropy):
    """Name -> (environment, pytest's arguments)."""
    fresh = {"STATSIM_NIGHTLY_ENTROPY": str(entropy)}
    return {
        "interpreted": ({"NUMBA_DISABLE_JIT": "1"}, ["-o", f"filterwarnings={INTERPRETED_WARNINGS}", *map(left_out, LEFT_OUT_INTERPRETED)]),
        "bounds": ({"NUMBA_BOUNDSCHECK": "1"}, ["--ignore=tests/architecture"]),
        "fresh": ({**fresh, "PYTHONPATH": str(HERE)}, ["-p", "fresh_seeds", *present(*SEEDED)]),
        "tails": (fresh, ["-s", "tests/nightly/test_tails.py"]),
        "long": (fresh, ["-s", "tests/nightly/test_long_runs.py"]),
        "calibration": (fresh, ["-s", "tests/nightly/test_calibration.py"]),
        "kills": (fresh, ["-s", "tests/nightly/test_kills.py"]),
    }


def run(name, environment, arguments):
    """True when the job passed."""
    print(f"==== {name}", flush=True)
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(["-n0"] if "-s" in arguments else []), *arguments]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment, "STATSIM_CACHE_DIR": cache}, check=False)
    print(f"==== {name}: {'passed' if done.returncode == 0 else 'FAILED'} in {time.perf_counter() - begin:.0f} s", flush=True)
    return done.returncode == 0


def main():
    entropy = int(os.environ.get("STATSIM_NIGHTLY_ENTROPY") or secrets.randbits(64))
    print(f"entropy from the system: STATSIM_NIGHTLY_ENTROPY={entropy}", flush=True)
    known = jobs(entropy)
    chosen = sys.argv[1:] or list(known)
    if unknown := set(chosen) - set(known):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    failed = [name for name in chosen if not run(name, *known[name])]
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed" + (f": {', '.join(failed)}" if failed else ""))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
