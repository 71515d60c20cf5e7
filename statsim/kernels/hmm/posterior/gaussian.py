r"""Log posterior density of a hidden Markov model with normal emissions, and its gradient.

The covariance of a state is :math:`C C^T`, C lower with a positive diagonal, and x holds the entries of C that are free: all of them, the diagonal, one number for
all of the diagonal, or one C for all states (`factor_places`, -1 where C is 0). With :math:`z = C^{-1}(y - \mu)` the slopes of the complete log density are
:math:`C^{-T} z` for the mean and the lower part of :math:`C^{-T} z z^T`, less the inverse diagonal, for C. The prior (normal-inverse-Wishart; Gelman et al.
2013, section 3.6) enters as data do: its mean weighs as `kappa` steps, and the columns of the factor of its scale are deviations of further ones.
"""

import math

import numpy as np

from statsim.kernels.cholesky import invert_lower
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.hmm.posterior.chain import add_chain, read_chain, smoothed
from statsim.kernels.jit import kernel

_HALF_LOG_2PI = 0.9189385332046727


@kernel
def gaussian_value_and_gradient(
    x, out, values, offsets, places, fixed, is_stationary, shapes, mean_places, factor_places, centre, kappa, scale, powers
):
    """Log density at x (dim,), its gradient written to `out`.

    Parameters
    ----------
    values : (n, d), offsets : (m + 1,)
        Steps, NaN where missing: single coordinates only where C is diagonal.
    places, fixed, is_stationary, shapes
        The chain, as `statsim.kernels.hmm.posterior.chain` has it.
    mean_places : (k, d), factor_places : (k, d, d)
    centre : (d,), kappa : float, scale : (d, d), powers : (d,)
        Of the prior: mean, its weight in steps, factor of the scale matrix of a state, powers of the diagonal of C.
    """
    (n, d), k = values.shape, places.shape[1]
    chain, slopes = np.empty((k + 1, k)), np.empty((k + 1, k))
    means, factors, inverses = np.empty((k, d)), np.empty((k, d, d)), np.zeros((k, d, d))
    out[:] = 0.0
    if not read_chain(x, places, fixed, is_stationary, chain) or not read_normals(x, mean_places, factor_places, means, factors):
        return -math.inf
    invert_lower(factors, inverses)
    log_b, gamma = np.empty((n, k)), np.empty((n, k))
    fill_log_b_gaussian(values, means, factors, inverses, log_b)
    value = smoothed(log_b, offsets, chain, gamma, slopes)
    if not value > -math.inf:
        return value
    value += add_chain(chain, places, shapes, is_stationary, slopes, out)
    steps, first, second = np.zeros((k, d)), np.zeros((k, d)), np.zeros((k, d, d))
    _add_steps(values, means, inverses, gamma, steps, first, second)
    for c in range(k):
        value += _add_prior(means[c], factors[c], inverses[c], centre, kappa, scale, powers, steps[c], first[c], second[c])
        _add_slopes(factors[c], inverses[c], steps[c], first[c], second[c], mean_places[c], factor_places[c], out)
    return value


@kernel
def read_normals(x, mean_places, factor_places, means, factors):
    """Write means (k, d) and factors (k, d, d); False where a diagonal is not positive."""
    k, d = means.shape
    for c in range(k):
        for i in range(d):
            means[c, i] = x[mean_places[c, i]]
            for j in range(d):
                factors[c, i, j] = x[factor_places[c, i, j]] if factor_places[c, i, j] >= 0 else 0.0
            if not 0.0 < factors[c, i, i] < math.inf:
                return False
    return True


@kernel
def _standardise(row, mean, inverse, z):
    """z (d,) = C^-1 (row - mean), 0 where the row is NaN; how many coordinates were seen."""
    seen = 0
    for i in range(row.size):
        z[i] = 0.0
        if row[i] == row[i]:
            seen += 1
            for j in range(i + 1):
                if row[j] == row[j]:
                    z[i] += inverse[i, j] * (row[j] - mean[j])
    return seen


@kernel
def fill_log_b_gaussian(values, means, factors, inverses, log_b):
    """Log density (n, k) of each step given each state, of what was seen of it."""
    (n, d), k = values.shape, means.shape[0]
    z, logs = np.empty(d), np.empty((k, d))
    for c in range(k):
        for i in range(d):
            logs[c, i] = log(factors[c, i, i]) + _HALF_LOG_2PI
    for t in range(n):
        for c in range(k):
            seen, total = _standardise(values[t], means[c], inverses[c], z), 0.0
            for i in range(d if seen else 0):
                if values[t, i] == values[t, i]:
                    total -= 0.5 * z[i] * z[i] + logs[c, i]
            log_b[t, c] = total


@kernel
def _add_steps(values, means, inverses, gamma, steps, first, second):
    """Add expected counts, z and the lower part of z z^T of each state."""
    (n, d), k = values.shape, means.shape[0]
    z = np.empty(d)
    for t in range(n):
        for c in range(k):
            weight = gamma[t, c]
            if weight == 0.0 or not _standardise(values[t], means[c], inverses[c], z):
                continue
            for i in range(d):
                steps[c, i] += weight if values[t, i] == values[t, i] else 0.0
                first[c, i] += weight * z[i]
                for j in range(i + 1):
                    second[c, i, j] += weight * z[i] * z[j]


@kernel
def _add_prior(mean, factor, inverse, centre, kappa, scale, powers, steps, first, second):
    """Log prior density of one state; its slopes go into the sums, as those of steps do."""
    d, value = mean.size, 0.0
    z = np.empty(d)
    for column in range(d + 1):
        weight = 1.0 if column < d else kappa
        for i in range(d):
            z[i] = 0.0
            for j in range(i + 1):
                z[i] += inverse[i, j] * (scale[j, column] if column < d else centre[j] - mean[j])
            value -= 0.5 * weight * z[i] * z[i]
            for j in range(i + 1):
                second[i, j] += weight * z[i] * z[j]
            first[i] += 0.0 if column < d else weight * z[i]
    for i in range(d):
        value += powers[i] * log(factor[i, i])
        steps[i] -= powers[i]
    return value


@kernel
def _add_slopes(factor, inverse, steps, first, second, mean_places, factor_places, out):
    """C^-T first for the mean, the lower part of C^-T second less the counts over the diagonal for C."""
    d = first.size
    for i in range(d):
        total = 0.0
        for p in range(i, d):
            total += inverse[p, i] * first[p]
        out[mean_places[i]] += total
        for j in range(i + 1):
            if factor_places[i, j] < 0:
                continue
            total = -steps[i] / factor[i, i] if i == j else 0.0
            for p in range(i, d):
                total += inverse[p, i] * second[p, j]
            out[factor_places[i, j]] += total
