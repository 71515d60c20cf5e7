r"""Log density of a Gaussian mixture at one point, with its gradient, and a draw of one point: what samplers call.

With the precision factor :math:`P_c` (lower, :math:`P_c \Sigma_c P_c^T = I`), :math:`z = P_c (x - \mu_c)` and :math:`j_c` the log of weight
times density, :math:`\log p = \log \sum_c e^{j_c}` and :math:`\nabla \log p = -\sum_c e^{j_c - \log p} P_c^T z`. One pass over
the components: what was summed so far is scaled down whenever a larger term comes (Milakov, Gimelshein 2018, arXiv:1805.02867).
Factors and constants are those of `statsim.kernels.mixture.density`.
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform
from statsim.kernels.variates.categorical import categorical_inverse
from statsim.kernels.variates.normal import standard_normal


@inlined
def component_square(x, means, factors, c, slope):
    """|P_c (x - mu_c)|^2, and P_c^T P_c (x - mu_c) written into `slope`."""
    d, q = x.size, 0.0
    if factors.shape[1] == 1:
        for i in range(d):
            z = factors[c, 0, i] * (x[i] - means[c, i])
            slope[i] = factors[c, 0, i] * z
            q += z * z
        return q
    for i in range(d):
        z = 0.0
        for j in range(i + 1):
            z += factors[c, i, j] * (x[j] - means[c, j])
        slope[i] = 0.0
        for j in range(i + 1):
            slope[j] += factors[c, i, j] * z
        q += z * z
    return q


@kernel
def mixture_value_and_gradient(x, gradient, means, factors, constants):
    """Log density at x (d,), its gradient written into `gradient` (d,); minus infinity where it cannot be told from density zero.

    means (k, d), factors (k, p, p) or (k, 1, d), constants (k,).
    """
    d = x.size
    slope = np.empty(d)
    top, total = -math.inf, 0.0
    for i in range(d):
        gradient[i] = 0.0
    for c in range(means.shape[0]):
        joint = constants[c] - 0.5 * component_square(x, means, factors, c, slope)
        if not joint > -math.inf:
            continue
        if joint > top:
            shrink = exp(top - joint)
            total *= shrink
            for i in range(d):
                gradient[i] *= shrink
            top = joint
        share = exp(joint - top)
        total += share
        for i in range(d):
            gradient[i] -= share * slope[i]
    if not total > 0.0:
        return -math.inf
    for i in range(d):
        gradient[i] /= total
    return top + log(total)


@kernel
def mixture_log_density_within(x, means, factors, constants, rows, row_low, row_high):
    """Log density at x (d,) where row_low <= rows @ x <= row_high, minus infinity elsewhere."""
    for r in range(rows.shape[0]):
        total = 0.0
        for i in range(x.size):
            total += rows[r, i] * x[i]
        if not row_low[r] <= total <= row_high[r]:
            return -math.inf
    return mixture_value_and_gradient(x, np.empty(x.size), means, factors, constants)


@kernel
def mixture_point(random, cumulative, means, lower, x):
    """A draw x (d,) of the mixture: cumulative weights (k,), lower factors (k, d, d). Returns the component."""
    c = categorical_inverse(uniform(random) * cumulative[cumulative.size - 1], cumulative)
    for i in range(x.size):
        x[i] = standard_normal(random)
    for i in range(x.size - 1, -1, -1):
        value = means[c, i]
        for j in range(i + 1):
            value += lower[c, i, j] * x[j]
        x[i] = value
    return c
