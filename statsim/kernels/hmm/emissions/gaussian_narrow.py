"""Normal emissions of few columns with correlations: all that is known of a state stays in registers while a loop runs over the steps of a tile.

The same densities as `statsim.kernels.hmm.emissions.gaussian`, again in one order of operations. `z` is a tuple (d,), `table` one of
d + d (d + 1) / 2 numbers: tuples tell the compiler how many columns there are.
"""

import numpy as np

from statsim.kernels.hmm.registers import put
from statsim.kernels.hmm.relative_tile import TILE, load_tile, relative_tile, write_rows
from statsim.kernels.jit import inlined, kernel

WIDEST = 4
"""Columns that fit."""


def tuples(d):
    """`z` and `table` for d columns."""
    return (0.0,) * d, (0.0,) * (d + d * (d + 1) // 2)


@inlined
def _log_densities(tile, z, table, constant, out):
    """out[t] = constant - |P (x_t - mu)|^2 / 2; table holds mu and the rows of the lower triangle P."""
    d = len(z)
    for t in range(TILE):
        for j in range(d):
            z = put(z, j, tile[j, t] - table[j])
        q, place = 0.0, d
        for i in range(d):
            y = 0.0
            for j in range(i + 1):
                y += table[place + j] * z[j]
            place += i + 1
            q += y * y
        value = constant - 0.5 * q
        out[t] = value if value == value else -np.inf  # inf - inf: a point too far to tell from infinity


@kernel
def _log_density_tile(tile, means, factors, constants, z, table, logs):
    d = len(z)
    for c in range(means.shape[0]):
        place = d
        for i in range(d):
            table = put(table, i, means[c, i])
            for j in range(i + 1):
                table = put(table, place + j, factors[c, i, j])
            place += i + 1
        _log_densities(tile, z, table, constants[c], logs[c])


@kernel
def log_density_narrow(X, means, factors, constants, z, table, out):
    """out (n, k) of rows X (n, d); factors (k, p, p) and constants (k,) in the layout of `statsim.kernels.mixture.density`."""
    n, d = X.shape
    tile, logs = np.empty((d, TILE)), np.empty((means.shape[0], TILE))
    for begin in range(0, n, TILE):
        width = min(TILE, n - begin)
        load_tile(X, begin, width, tile)
        _log_density_tile(tile, means, factors, constants, z, table, logs)
        write_rows(logs, begin, width, out)


@kernel
def relative_density_narrow(X, means, factors, constants, z, table, b, highest):
    """b (n, k) and highest (n,) as `statsim.kernels.hmm.forward.relative_densities` makes them of log densities."""
    n, d = X.shape
    tile, logs, tops = np.empty((d, TILE)), np.empty((means.shape[0], TILE)), np.empty(TILE)
    for begin in range(0, n, TILE):
        width = min(TILE, n - begin)
        load_tile(X, begin, width, tile)
        _log_density_tile(tile, means, factors, constants, z, table, logs)
        relative_tile(logs, tops)
        write_rows(logs, begin, width, b)
        for t in range(width):
            highest[begin + t] = tops[t]
