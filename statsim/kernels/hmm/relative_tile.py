"""Tiles of steps, and their densities relative to the largest of each step: what the scaled recursions take."""

import math

from statsim.kernels.hmm.exponential import exp_negative
from statsim.kernels.jit import inlined

TILE = 128
"""Steps in a tile: what is known of them for a handful of states stays in the first-level cache."""

_FINITE = -1e308  # stands for a largest of minus infinity


@inlined
def load_tile(X, begin, width, tile):
    """Rows begin, ..., begin + width - 1 of X (n, d) into tile (d, TILE); the rest repeats the last of them."""
    for t in range(width):
        for i in range(tile.shape[0]):
            tile[i, t] = X[begin + t, i]
    for t in range(width, TILE):
        for i in range(tile.shape[0]):
            tile[i, t] = X[begin + width - 1, i]


@inlined
def relative_tile(logs, tops):
    """Turn logs (k, TILE) into exp(logs - tops), tops (TILE,) the largest of each column; minus infinity gives 0.

    What is smaller than exp(-708) relative to the largest is cut there.
    """
    for t in range(TILE):
        tops[t] = logs[0, t]
    for j in range(1, logs.shape[0]):
        for t in range(TILE):
            tops[t] = max(tops[t], logs[j, t])
    for j in range(logs.shape[0]):
        for t in range(TILE):
            x = logs[j, t] - max(tops[t], _FINITE)
            logs[j, t] = exp_negative(x) if x > -math.inf else 0.0


@inlined
def write_rows(tile, begin, width, rows):
    """Rows begin, ..., begin + width - 1 of `rows` (n, k) from the columns of tile (k, TILE)."""
    for t in range(width):
        for j in range(tile.shape[0]):
            rows[begin + t, j] = tile[j, t]
