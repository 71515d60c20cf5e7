"""Filling an array with standard normals."""

import numpy as np
from contest import Contest
from numba import njit

N = 10_000_000


@njit(nogil=True)
def _numba_fill(generator, out):
    for i in range(out.size):
        out[i] = generator.standard_normal()


def jobs():
    from statsim.kernels.streams import seed_block
    from statsim.kernels.variates.normal import fill_standard_normal

    out, state = np.empty(N), np.empty(4, np.uint64)
    seed_block(np.uint64(1), np.uint64(2), np.uint64(0), state)
    generator = np.random.Generator(np.random.SFC64(1))
    yield Contest(
        "raw normals, 1e7",
        {
            "statsim": lambda: fill_standard_normal(state, out),
            "NumPy SFC64": lambda: generator.standard_normal(out=out),
            "Numba loop over NumPy SFC64": lambda: _numba_fill(generator, out),
        },
        {"NumPy SFC64": 1.9},
    )
