r"""One Gibbs sweep of a Gaussian mixture between bounds: the component given the point, then each coordinate given the rest.

Within a component with precision matrix Q, coordinate i given the others is normal with variance 1 / Q_ii about
:math:`\mu_i - \sum_{j \ne i} Q_{ij} (x_j - \mu_j) / Q_{ii}`, cut to its bounds and to what rows of linear inequalities leave of it: Geweke
(1991), Efficient simulation from the multivariate normal subject to linear constraints.
"""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.mixture.target import component_square
from statsim.kernels.variates.truncated_normal import truncated_normal
from statsim.kernels.variates.weighted_category import log_categorical


@kernel
def mixture_sweep(x, random, means, factors, constants, precisions, low, high, rows, row_low, row_high):
    """Change x (d,) in place.

    means (k, d), factors and constants as `statsim.kernels.mixture.density` has them, precisions (k, d, d), low, high (d,),
    rows (r, d) with row_low <= rows @ x <= row_high.
    """
    k, d = means.shape
    joint, slope = np.empty(k), np.empty(d)
    for c in range(k):
        joint[c] = constants[c] - 0.5 * component_square(x, means, factors, c, slope)
    c = max(0, log_categorical(random, joint))
    sums = np.empty(rows.shape[0])
    for r in range(rows.shape[0]):
        sums[r] = 0.0
        for j in range(d):
            sums[r] += rows[r, j] * x[j]
    for i in range(d):
        shift = 0.0
        for j in range(d):
            if j != i:
                shift += precisions[c, i, j] * (x[j] - means[c, j])
        lowest, highest = _limits(rows, row_low, row_high, sums, x, i, low[i], high[i])
        scale = 1.0 / precisions[c, i, i]
        value = truncated_normal(random, means[c, i] - shift * scale, math.sqrt(scale), lowest, highest)
        for r in range(rows.shape[0]):
            sums[r] += rows[r, i] * (value - x[i])
        x[i] = value


@kernel
def _limits(rows, row_low, row_high, sums, x, i, lowest, highest):
    """What the bounds and the rows leave to coordinate i; the present value where rounding leaves nothing."""
    for r in range(rows.shape[0]):
        a = rows[r, i]
        if a != 0.0:
            rest = sums[r] - a * x[i]
            below, above = (row_low[r] - rest) / a, (row_high[r] - rest) / a
            lowest, highest = max(lowest, min(below, above)), min(highest, max(below, above))
    return (lowest, highest) if lowest <= highest else (x[i], x[i])
