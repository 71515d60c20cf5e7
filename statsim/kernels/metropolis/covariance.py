r"""The running mean and covariance of a chain, and the Cholesky factor of what a random walk proposes with.

Haario, Saksman, Tamminen (2001), Bernoulli 7, in the recursive form of Andrieu, Thoms (2008), Stat. Comput. 18, with weights
:math:`w_n = c / (n + c)`, c = 3: draw t of n counts as :math:`t^2`, so the way from the start into the typical set is soon forgotten,
and adaptation diminishes as 1 / n. While there are few draws the correlations are shrunk by :math:`\min(1, (d / n)^2)`.
"""

import math

from statsim.kernels.cholesky import cholesky
from statsim.kernels.hamiltonian.metric import DENSE
from statsim.kernels.jit import inlined, kernel

FORGETTING = 3.0
OFTEN, EVERY = 64, 8  # a factor costs as much as several steps: a new one at each of the first draws, later at every eighth
RIDGE = 1e-12  # of each variance: a matrix that is singular but for rounding still has a factor


@inlined
def add_draw(metric, count, y, mean, moments):
    """Add draw number `count` (from 1) to mean (d,) and moments (1, d, d) (row 0 of moments[0] holds variances where metric is diagonal)."""
    weight = FORGETTING / (count + FORGETTING)
    d = y.size
    if metric[0] == DENSE:
        for i in range(d):
            z = y[i] - mean[i]
            for j in range(i + 1):
                moments[0, i, j] = (1.0 - weight) * (moments[0, i, j] + weight * z * (y[j] - mean[j]))
    else:
        for i in range(d):
            z = y[i] - mean[i]
            moments[0, 0, i] = (1.0 - weight) * (moments[0, 0, i] + weight * z * z)
    for i in range(d):
        mean[i] += weight * (y[i] - mean[i])


@kernel
def refresh(metric, count, moments, wider, shrunk, lower):
    """Replace the factor (or the scales) of `metric` by `wider` times that of `moments`; the old one stays where there is none.

    `shrunk` and `lower` (1, d, d) are scratch.
    """
    kind, scale, factor = metric
    d = scale.size
    if kind != DENSE:
        for i in range(d):
            if moments[0, 0, i] > 0.0:
                scale[i] = wider * math.sqrt(moments[0, 0, i])
        return
    kept = 1.0 - min(1.0, (d / count) ** 2)
    for i in range(d):
        for j in range(i):
            shrunk[0, i, j] = kept * moments[0, i, j]
        shrunk[0, i, i] = (1.0 + RIDGE) * moments[0, i, i]
    if cholesky(shrunk, 0.0, lower) < 0:
        for i in range(d):
            for j in range(i + 1):
                factor[j, i] = wider * lower[0, i, j]
