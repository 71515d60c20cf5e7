r"""Multivariate Student laws as proposals: draws, log densities, and the sums that an EM step needs.

Component k has location m_k, scale factor L_k (lower, :math:`\Sigma_k = L_k L_k^T`) and `df` degrees of freedom, one for all:
:math:`x = m + L z \sqrt{\nu / g}`, g chi-squared. Weighted EM of a Student mixture: Peel, McLachlan (2000), Statistics and Computing 10.
"""

import math

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log, log1p
from statsim.kernels.jit import kernel
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def fill_student(random, location, L, df, out):
    """Fill out (n, d) with draws of one component."""
    d = location.size
    for n in range(out.shape[0]):
        for i in range(d):
            out[n, i] = standard_normal(random)
        stretch = math.sqrt(0.5 * df / standard_gamma(random, 0.5 * df))
        for i in range(d - 1, -1, -1):
            value = 0.0
            for j in range(i + 1):
                value += L[i, j] * out[n, j]
            out[n, i] = location[i] + stretch * value


@kernel
def student_log_densities(points, locations, P, constants, df, distances, out):
    """Log density of each component at each point.

    Parameters
    ----------
    points : (n, d)
    locations : (k, d), P : (k, d, d) inverse lower factors, constants : (k,) log normalising constants
    df : float
    distances, out : (n, k)
        Filled: squared distances in the metric of the component, log densities.
    """
    n, d = points.shape
    for i in range(n):
        for k in range(locations.shape[0]):
            squared = 0.0
            for a in range(d):
                z = 0.0
                for b in range(a + 1):
                    z += P[k, a, b] * (points[i, b] - locations[k, b])
                squared += z * z
            distances[i, k] = squared
            out[i, k] = constants[k] - 0.5 * (df + d) * log1p(squared / df)


@kernel
def log_mixture(log_weights, log_densities, out):
    """out (n,) = log of the sum over k of exp(log_weights[k] + log_densities[n, k])."""
    for i in range(log_densities.shape[0]):
        top = -math.inf
        for k in range(log_weights.size):
            top = max(top, log_weights[k] + log_densities[i, k])
        total = 0.0
        if top > -math.inf:
            for k in range(log_weights.size):
                total += exp(log_weights[k] + log_densities[i, k] - top)
        out[i] = top + log(total) if total > 0.0 else -math.inf


@kernel
def weighted_moments(points, weights, mean, covariance):
    """Mean (d,) and covariance (d, d), divisor the sum of the weights (n,), in the order of the points."""
    n, d = points.shape
    total = 0.0
    mean[:], covariance[:, :] = 0.0, 0.0
    for i in range(n):
        total += weights[i]
        for a in range(d):
            mean[a] += weights[i] * points[i, a]
    for a in range(d):
        mean[a] /= total
    for i in range(n):
        if weights[i] == 0.0:
            continue
        for a in range(d):
            z = weights[i] * (points[i, a] - mean[a])
            for b in range(a + 1):
                covariance[a, b] += z * (points[i, b] - mean[b])
    for a in range(d):
        for b in range(a + 1):
            covariance[a, b] /= total
            covariance[b, a] = covariance[a, b]
    return total
