r"""One Gibbs sweep over states and parameters of a hidden Markov model with normal emissions.

Given the states a mean and a covariance are normal-inverse-Wishart (Gelman et al. 2013, Bayesian Data Analysis, section 3.6): with n steps of mean
:math:`\bar y` and scatter S in a state, :math:`\Lambda_n = \Lambda + S + \frac{\kappa n}{\kappa + n} (\bar y - m)(\bar y - m)^T`, :math:`\nu_n = \nu + n`.
"""

import math

import numpy as np

from statsim.kernels.cholesky import cholesky, invert_lower
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.hmm.posterior.chain import read_chain
from statsim.kernels.hmm.posterior.gaussian import fill_log_b_gaussian, read_normals
from statsim.kernels.hmm.posterior.narrow import relative_density_in_registers
from statsim.kernels.hmm.posterior.states import count_moves, draw_chain, draw_from_logs, draw_paths, filter_lost, filter_states
from statsim.kernels.hmm.posterior.wishart import inverse_wishart_factor
from statsim.kernels.jit import kernel
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma

FULL, TIED, DIAG, SPHERICAL = range(4)
_HALF_LOG_2PI = 0.9189385332046727


@kernel
def gaussian_sweep(
    x, random, values, offsets, places, fixed, is_stationary, shapes, mean_places, factor_places, centre, kappa, scale, degrees, kind, is_complete
):
    """Change x (dim,) in place: states, then the chain, then means and factors.

    Arguments as `gaussian_value_and_gradient` has them, but for `degrees` of the prior and `kind`, one of FULL, TIED, DIAG, SPHERICAL; whether no value
    is missing.
    """
    (n, d), k = values.shape, places.shape[1]
    chain, counts, path = np.empty((k + 1, k)), np.empty((k + 1, k)), np.empty(n, np.int64)
    means, factors = np.empty((k, d)), np.empty((k, d, d))
    if not read_chain(x, places, fixed, is_stationary, chain) or not read_normals(x, mean_places, factor_places, means, factors) or not (
        _draw_states(random, values, offsets, chain, means, factors, is_complete, path)
    ):
        x[mean_places[0, 0]] = math.nan
        return
    count_moves(path, offsets, counts)
    draw_chain(x, random, places, is_stationary, shapes, counts, chain)
    steps, scatter = np.zeros((k, d)), np.zeros((k, d, d))
    if is_complete:
        _collect_complete(values, path, steps, means, scatter)
    else:
        _collect(values, path, steps, means, scatter)
    _add_prior_mean(centre, kappa, steps, means, scatter)
    _draw_factors(random, steps, scatter, scale, degrees, kind, factors)
    for c in range(k):
        _draw_mean(x, random, centre, kappa, steps[c], means[c], factors[c], mean_places[c])
        for i in range(d):
            for j in range(i + 1):
                if factor_places[c, i, j] >= 0:
                    x[factor_places[c, i, j]] = factors[c, i, j]


@kernel
def _draw_states(random, values, offsets, chain, means, factors, is_complete, path):
    """Fill `path` given the parameters; False where a sequence is impossible. Steps are dense in registers where none is missing."""
    (n, d), k = values.shape, means.shape[0]
    inverses = np.zeros((k, d, d))
    invert_lower(factors, inverses)
    if not is_complete:
        log_b = np.empty((n, k))
        fill_log_b_gaussian(values, means, factors, inverses, log_b)
        return draw_from_logs(random, log_b, offsets, chain, path)
    alpha, highest, status, constants = np.empty((n, k)), np.empty(n), np.empty(offsets.size - 1, np.int64), np.empty(k)
    for c in range(k):
        constants[c] = -_HALF_LOG_2PI * d
        for i in range(d):
            constants[c] -= log(factors[c, i, i])
    relative_density_in_registers(values, means, inverses, constants, alpha, highest)
    if filter_states(alpha, highest, offsets, chain, status):
        log_b = np.empty((n, k))
        fill_log_b_gaussian(values, means, factors, inverses, log_b)
        filter_lost(log_b, offsets, chain, alpha, status)
    return draw_paths(random, alpha, offsets, chain, status, path)


@kernel
def _collect_complete(values, path, steps, means, scatter):
    """`_collect` where no value is missing; `steps` and `scatter` are zeros."""
    (n, d), k = values.shape, steps.shape[0]
    means[:] = 0.0
    for t in range(n):
        c = path[t]
        steps[c, 0] += 1.0
        for i in range(d):
            means[c, i] += values[t, i]
    for c in range(k):
        total = steps[c, 0]
        for i in range(d):
            steps[c, i] = total
            means[c, i] = means[c, i] / total if total > 0.0 else 0.0
    row = np.empty(d)
    for t in range(n):
        c = path[t]
        for i in range(d):
            row[i] = values[t, i] - means[c, i]
            for j in range(i + 1):
                scatter[c, i, j] += row[i] * row[j]


@kernel
def _collect(values, path, steps, means, scatter):
    """Counts (k, d) and means (k, d) of what was seen in each state, and its scatter about the mean (k, d, d); `steps` and `scatter` are zeros."""
    n, d = values.shape
    means[:] = 0.0
    for t in range(n):
        for i in range(d):
            if values[t, i] == values[t, i]:
                steps[path[t], i] += 1.0
                means[path[t], i] += (values[t, i] - means[path[t], i]) / steps[path[t], i]
    row = np.empty(d)
    for t in range(n):
        c = path[t]
        for i in range(d):
            row[i] = values[t, i] - means[c, i] if values[t, i] == values[t, i] else 0.0
            for j in range(i + 1):
                scatter[c, i, j] += row[i] * row[j]


@kernel
def _add_prior_mean(centre, kappa, steps, means, scatter):
    """The share of the prior's mean in the scatter."""
    k, d = steps.shape
    for c in range(k):
        for i in range(d):
            for j in range(i + 1):
                share = kappa * steps[c, i] / (kappa + steps[c, i])
                scatter[c, i, j] += share * (means[c, i] - centre[i]) * (means[c, j] - centre[j])


@kernel
def _draw_factors(random, steps, scatter, scale, degrees, kind, factors):
    """Factors (k, d, d) of the covariances, of the kind wanted. `scale` (d, d) is the factor of the prior's scale."""
    k, d = steps.shape
    for c in range(k):
        total = steps[c, 0]
        if kind == TIED and c > 0:
            factors[c] = factors[0]
            continue
        if kind == TIED:
            for other in range(1, k):
                scatter[0] += scatter[other]
                total += steps[other, 0]
        if kind == FULL or kind == TIED:
            _draw_matrix(random, degrees + total, scatter[c], scale, factors[c])
        else:
            _draw_diagonal(random, steps[c], scatter[c], scale, degrees, kind, factors[c])


@kernel
def _draw_matrix(random, degrees, scatter, scale, factor):
    """The factor of an inverse Wishart draw whose scale is that of the prior and the scatter together."""
    d = scale.shape[0]
    whole, L = np.empty((1, d, d)), np.zeros((1, d, d))
    for i in range(d):
        for j in range(i + 1):
            total = scatter[i, j]
            for p in range(j + 1):
                total += scale[i, p] * scale[j, p]
            whole[0, i, j] = total
            whole[0, j, i] = total
    cholesky(whole, 0.0, L)
    inverse_wishart_factor(random, degrees, L[0], np.empty((d, d)), factor)


@kernel
def _draw_diagonal(random, steps, scatter, scale, degrees, kind, factor):
    """Standard deviations on the diagonal: each of its own column, or one for all."""
    d = steps.size
    rate, count = 0.0, 0.0
    for i in range(d):
        for j in range(d):
            factor[i, j] = 0.0
        own = scale[i, i] * scale[i, i] + scatter[i, i]
        rate += own
        count += steps[i]
        if kind == DIAG:
            factor[i, i] = math.sqrt(0.5 * own / standard_gamma(random, 0.5 * (degrees + steps[i])))
    if kind == SPHERICAL:
        deviation = math.sqrt(0.5 * rate / standard_gamma(random, 0.5 * (degrees + count)))
        for i in range(d):
            factor[i, i] = deviation


@kernel
def _draw_mean(x, random, centre, kappa, steps, mean, factor, mean_places):
    """mean + C z / sqrt(kappa + n), the mean drawn towards that of the prior."""
    d = mean.size
    z = np.empty(d)
    for i in range(d):
        z[i] = standard_normal(random)
        total = kappa + steps[i]
        value = (kappa * centre[i] + steps[i] * mean[i]) / total
        for j in range(i + 1):
            value += factor[i, j] * z[j] / math.sqrt(total)
        x[mean_places[i]] = value
