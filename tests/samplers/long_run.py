"""A run in a process of its own, for tests that stop or kill it: `python long_run.py compiled|interpreted OUTPUT CHECKPOINT SECONDS`."""

import sys
import time

import numba
import numpy as np

from statsim.samplers.chains import checkpoint
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.sampling import sample
from statsim.samplers.targets.target import Target

SCALES = np.array([1.0, 3.0, 0.2])


@numba.njit
def compiled(x, out, scales):
    value = 0.0
    for _ in range(60):  # slow enough to be met in the middle
        value = 0.0
        for i in range(x.size):
            out[i] = -x[i] / scales[i] ** 2
            value += 0.5 * x[i] * out[i]
    return value


def interpreted(x, out, scales):
    time.sleep(0.01)
    out[:] = -x / scales**2
    return 0.5 * x @ out


def run(kind, output, folder, **options):
    checkpoint.CHUNK_BYTES, checkpoint.TAIL_SECONDS = 150_000, 0.05
    function = {"compiled": compiled, "interpreted": interpreted}[kind]
    target = Target(value_and_gradient=function, dim=3, data=[SCALES], interpreted=True)
    sizes = {"compiled": {"warmup": 2000, "draws": 30_000}, "interpreted": {"warmup": 300, "draws": 300}}[kind]
    print("begun", flush=True)
    draws = sample(target, NUTS(), chains=2, rng=3, checkpoint=folder, diagnose=False, **sizes, **options)
    draws.save(output)
    print(draws, flush=True)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
