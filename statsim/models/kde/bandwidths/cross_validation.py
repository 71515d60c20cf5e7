r"""Cross-validation of the bandwidths of a Gaussian product kernel, one for each column.

"likelihood" is the mean of :math:`\log f_{-i}(x_i)`: Habbema, Hermans, van den Broek (1974); Duin (1976). "least_squares" is minus
:math:`\int f^2 - 2 \sum_i w_i f_{-i}(x_i)`: Rudemo (1982), Bowman (1984). Both are larger where the bandwidth is better, cost all pairs of rows, and are
climbed by L-BFGS in the logarithms of the bandwidths from the best of a few multiples of Silverman's rule.
"""

import math

import numpy as np

from statsim import blocks
from statsim.errors import ArgumentError
from statsim.kernels.kde.pairs import fill_left_out, least_squares_sums
from statsim.kernels.kde.tree import TILE, fill_tiles

_MULTIPLES = 2.0 ** np.arange(-5, 1.6, 0.5)
_FARTHEST = math.log(1e4)


def scores(name, X, weights, bandwidths, *, num_threads=None):
    """The criterion (k,) at bandwidths (k, d) for rows X (n, d); larger is better."""
    criterion, tiles = CRITERIA[name], _tiled(X, weights)
    return np.array([criterion(tiles, weights, h, False, num_threads)[0] for h in bandwidths])


def best_bandwidth(name, X, weights, start, *, num_threads=None):
    """The bandwidths (d,) at which the criterion is largest.

    Raises
    ------
    ArgumentError
        Where it has no maximum above zero: rows that all occur more than once.
    """
    from scipy.optimize import minimize

    criterion, tiles = CRITERIA[name], _tiled(X / start, weights)
    d = len(start)
    tried = [criterion(tiles, weights, multiple * np.ones(d), False, num_threads)[0] for multiple in _MULTIPLES]
    first = np.full(d, np.log(_MULTIPLES[int(np.argmax(tried))]))

    def loss(y):
        value, slopes = criterion(tiles, weights, np.exp(y), True, num_threads)
        return -value, -slopes

    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=[(-_FARTHEST, _FARTHEST)] * d, options={"ftol": 1e-13, "gtol": 1e-9})
    if (found.x < -0.99 * _FARTHEST).any():
        raise ArgumentError(
            f"bandwidth={name!r}: the criterion grows without end as the bandwidth of column {int(np.argmin(found.x))} goes to zero, because rows occur more "
            f"than once; use bandwidth='silverman' or 'isj', or merge equal rows"
        )
    return start * np.exp(found.x)


def _tiled(X, weights):
    """X and weights laid out for `statsim.kernels.kde.pairs`."""
    (n, d), leaves = X.shape, -(-len(X) // TILE)
    tiles, tile_weights = np.empty((leaves, d, TILE)), np.empty((leaves, TILE))
    fill_tiles(np.ascontiguousarray(X), np.arange(n), weights, weights, tiles, tile_weights, np.empty((leaves, TILE)))
    return tiles, tile_weights


def _likelihood(tiles, weights, h, with_slopes, num_threads):
    n, d = len(weights), len(h)
    logs, slopes = np.empty(n), np.empty((n, d if with_slopes else 0))
    inverse, chunks = 1.0 / h, _chunks(n)
    blocks.map_chunks(lambda i: fill_left_out(*tiles, *chunks[i], inverse, logs, slopes), len(chunks), num_threads=num_threads)
    constant = -np.log(h).sum() - 0.5 * d * math.log(2 * math.pi)
    value = float(weights @ (logs - np.log1p(-weights))) + constant
    return value, weights @ slopes - 1.0 if with_slopes else None


def _least_squares(tiles, weights, h, with_slopes, num_threads):
    n, d = len(weights), len(h)
    inverse, chunks = 1.0 / h, _chunks(n)

    def part(index):
        slopes = np.zeros((2, d if with_slopes else 0))
        return *least_squares_sums(*tiles, *chunks[index], inverse, slopes), slopes

    parts = blocks.map_chunks(part, len(chunks), num_threads=num_threads)
    wide, narrow, slopes = (sum(column[1:], start=column[0]) for column in zip(*parts, strict=True))
    height, half = math.exp(-np.log(h).sum() - 0.5 * d * math.log(2 * math.pi)), 2.0 ** (-0.5 * d)
    value = height * (2 * narrow - half * wide)
    return value, height * (2 * slopes[1] - half * slopes[0]) - value if with_slopes else None


def _chunks(n):
    """Pieces of the rows: they depend on n alone, so that sums have the same bits for any number of threads."""
    size = max(64, -(-n // 64))
    return [(start, min(start + size, n)) for start in range(0, n, size)]


CRITERIA = {"likelihood": _likelihood, "least_squares": _least_squares}
"""The criteria by name."""
