r"""Cross-validation of the bandwidths of a Gaussian product kernel, one for each column.

"likelihood" is the mean of :math:`\log f_{-i}(x_i)`: Habbema, Hermans, van den Broek (1974); Duin (1976). "least_squares" is minus
:math:`\int f^2 - 2 \sum_i w_i f_{-i}(x_i)`: Rudemo (1982), Bowman (1984). Both are larger where the bandwidth is better, cost all pairs of rows, and are
climbed by L-BFGS in the logarithms of the bandwidths from the best of a few multiples of Silverman's rule. What is left out with a row says `ties`.
"""

import math

import numpy as np

from statsim import blocks
from statsim.kernels.kde.pairs import fill_left_out, least_squares_sums
from statsim.kernels.kde.tree import TILE, fill_tiles

_MULTIPLES = 2.0 ** np.arange(-5, 1.6, 0.5)
_FARTHEST = math.log(1e4)


def scores(name, data, bandwidths, *, num_threads=None):
    """The criterion (k,) at bandwidths (k, d) for a `LeftOut` of rows (n, d); larger is better."""
    criterion, tiles = CRITERIA[name], tiles_of(data)
    return np.array([criterion(tiles, h, False, num_threads)[0] for h in bandwidths])


def best_bandwidth(name, data, start, *, num_threads=None):
    """The bandwidths (d,) at which the criterion is largest for a `LeftOut`, none below its least ones."""
    from scipy.optimize import minimize

    criterion, tiles = CRITERIA[name], tiles_of(data, start)
    floor = np.log(np.maximum(data.least / start, math.exp(-_FARTHEST)))
    multiples = np.maximum(np.log(_MULTIPLES)[:, None], floor)
    tried = [criterion(tiles, np.exp(y), False, num_threads)[0] for y in multiples]

    def loss(y):
        value, slopes = criterion(tiles, np.exp(y), True, num_threads)
        return -value, -slopes

    bounds = [(low, max(low, _FARTHEST)) for low in floor]
    found = minimize(loss, multiples[int(np.argmax(tried))], jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13, "gtol": 1e-9})
    return start * np.exp(found.x)


def tiles_of(data, unit=1.0):
    """(tiles, weights, kept) laid out for `statsim.kernels.kde.pairs`, and the weights (n,) and what is left out of them (n,)."""
    (n, d), leaves = data.rows.shape, -(-len(data.rows) // TILE)
    tiles, weights, kept = np.empty((leaves, d, TILE)), np.empty((leaves, TILE)), np.zeros((leaves, TILE))
    fill_tiles(np.ascontiguousarray(data.rows / unit), np.arange(n), data.weights, data.weights, tiles, weights, np.empty((leaves, TILE)))
    kept.ravel()[:n] = data.kept
    return (tiles, weights, kept), data.weights, data.weights - data.kept


def _likelihood(tiled, h, with_slopes, num_threads):
    tables, weights, removed = tiled
    n, d = len(weights), len(h)
    logs, slopes = np.empty(n), np.empty((n, d if with_slopes else 0))
    inverse, chunks = 1.0 / h, _chunks(n)
    blocks.map_chunks(lambda i: fill_left_out(*tables, *chunks[i], inverse, logs, slopes), len(chunks), num_threads=num_threads)
    constant = -np.log(h).sum() - 0.5 * d * math.log(2 * math.pi)
    value = float(weights @ (logs - np.log1p(-removed))) + constant
    return value, weights @ slopes - 1.0 if with_slopes else None


def _least_squares(tiled, h, with_slopes, num_threads):
    tables, weights, _ = tiled
    n, d = len(weights), len(h)
    inverse, chunks = 1.0 / h, _chunks(n)

    def part(index):
        slopes = np.zeros((2, d if with_slopes else 0))
        return *least_squares_sums(*tables, *chunks[index], inverse, slopes), slopes

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
