r"""Normal steps of which some coordinates are known.

A draw :math:`y \sim N(\mu, \Sigma)` becomes one of the conditional law by a shift: :math:`y_m + \Sigma_{mo} \Sigma_{oo}^{-1} (x_o - y_o)` (Hoffman, Ribak 1991,
Astrophys. J. 380).
"""

import numpy as np

from statsim.kernels.cholesky import cholesky
from statsim.kernels.conditional_gaussian import condition_gaussian
from statsim.kernels.jit import kernel


@kernel
def complete_rows(path, values, covariances, rows):
    """Turn draws `rows` (n, d) of the laws of their states `path` (n,) into draws given `values` (n, d), NaN where not known; covariances (k, d, d)."""
    n, d = rows.shape
    places, deviation, shift = np.empty(d, np.int64), np.empty(d), np.empty(d)
    whole, L, ignored = np.empty((1, d, d)), np.empty((1, d, d)), np.empty((d, d))
    for t in range(n):
        count = _known_first(values[t], places)
        for a in range(count):
            deviation[a] = values[t, places[a]] - rows[t, places[a]]
        if 0 < count < d:
            for a in range(d):
                for b in range(d):
                    whole[0, a, b] = covariances[path[t], places[a], places[b]]
            cholesky(whole, 0.0, L)
            condition_gaussian(L[0], deviation[:count], shift[: d - count], ignored[: d - count, : d - count])
            for a in range(d - count):
                rows[t, places[count + a]] += shift[a]
        for a in range(count):
            rows[t, places[a]] = values[t, places[a]]


@kernel
def _known_first(row, places):
    """Write the numbers of the known coordinates, then of the others, into `places` (d,); how many are known."""
    count, d = 0, row.size
    for i in range(d):
        if row[i] == row[i]:
            places[count] = i
            count += 1
    rest = count
    for i in range(d):
        if row[i] != row[i]:
            places[rest] = i
            rest += 1
    return count
