r"""Gaussian mixture with values missing at random: rows grouped by which columns were observed.

Rows `starts[g]` to `starts[g + 1]` share pattern g, `observed[g]` (d,). For a component, with o observed and u unobserved
columns, the E step completes a row by :math:`E[x_u | x_o] = \mu_u + B (x_o - \mu_o)`, :math:`B = \Sigma_{uo}\Sigma_{oo}^{-1}`,
and the M step adds :math:`C = \Sigma_{uu} - B \Sigma_{ou}` for each such row. Ghahramani, Jordan (1994), NIPS 6.
"""

import math

import numpy as np

from statsim.kernels.cholesky import cholesky, invert_lower
from statsim.kernels.jit import kernel

_LOG_2PI = math.log(2.0 * math.pi)


@kernel
def split_columns(observed, seen, unseen):
    """Write the observed and the other columns into `seen` and `unseen`; returns how many are observed."""
    m, u = 0, 0
    for j in range(observed.shape[0]):
        if observed[j]:
            seen[m] = j
            m += 1
        else:
            unseen[u] = j
            u += 1
    return m


@kernel
def observed_factor(covariance, seen, m, inverse):
    """Inverse Cholesky factor of the observed block into `inverse`; returns its log determinant, NaN if not positive."""
    block, factor, small = np.empty((1, m, m)), np.zeros((1, m, m)), np.zeros((1, m, m))
    for i in range(m):
        for j in range(m):
            block[0, i, j] = covariance[seen[i], seen[j]]
    if cholesky(block, 1e-14, factor) >= 0:
        return np.nan
    invert_lower(factor, small)
    log_determinant = 0.0
    for i in range(m):
        log_determinant += math.log(small[0, i, i])
        for j in range(i + 1):
            inverse[i, j] = small[0, i, j]
    return log_determinant


@kernel
def pattern_log_joint(rows, start, stop, mean, log_weight, covariance, seen, m, inverse, joint):
    """Fill `joint[start:stop]` with log weight plus log density of the observed columns; False if not positive definite."""
    log_determinant = observed_factor(covariance, seen, m, inverse)
    if not log_determinant == log_determinant:
        return False
    constant = log_weight + log_determinant - 0.5 * m * _LOG_2PI
    for row in range(start, stop):
        q = 0.0
        for i in range(m):
            y = 0.0
            for j in range(i + 1):
                y += inverse[i, j] * (rows[row, seen[j]] - mean[seen[j]])
            q += y * y
        value = constant - 0.5 * q
        joint[row] = value if value == value else -np.inf
    return True


@kernel
def log_joint_missing(rows, starts, observed, means, log_weights, covariances, joint):
    """Fill `joint` (k, n) for all patterns; False when a covariance is not positive definite."""
    k, d = means.shape
    seen, unseen, inverse = np.empty(d, np.int64), np.empty(d, np.int64), np.zeros((d, d))
    for g in range(observed.shape[0]):
        m = split_columns(observed[g], seen, unseen)
        for c in range(k):
            if not pattern_log_joint(
                rows, starts[g], starts[g + 1], means[c], log_weights[c], covariances[c], seen, m, inverse, joint[c]
            ):
                return False
    return True


@kernel
def _regression(covariance, seen, m, unseen, u, inverse, slope, residual):
    """Slope B (u, m) and residual covariance C (u, u) of the unobserved columns given the observed ones."""
    half = np.zeros((u, m))
    for a in range(u):
        for i in range(m):
            for j in range(i + 1):
                half[a, i] += covariance[unseen[a], seen[j]] * inverse[i, j]
    for a in range(u):
        for j in range(m):
            slope[a, j] = 0.0
            for i in range(j, m):
                slope[a, j] += half[a, i] * inverse[i, j]
        for b in range(u):
            residual[a, b] = covariance[unseen[a], unseen[b]]
            for i in range(m):
                residual[a, b] -= half[a, i] * half[b, i]


@kernel
def _add_row(row, mean, share, seen, m, unseen, u, slope, completed, first, second):
    """Add one completed row, times `share`, to the first and second moments about `mean`."""
    for i in range(m):
        completed[seen[i]] = row[seen[i]] - mean[seen[i]]
    for a in range(u):
        value = 0.0
        for j in range(m):
            value += slope[a, j] * completed[seen[j]]
        completed[unseen[a]] = value
    for i in range(mean.shape[0]):
        rx = share * completed[i]
        first[i] += rx
        for j in range(i + 1):
            second[i, j] += rx * completed[j]


@kernel
def posterior(joint, weights, highest):
    """Turn `joint` (k, n) into posterior probability times row weight; returns the weighted log-likelihood."""
    k, n = joint.shape
    objective = 0.0
    for row in range(n):
        highest[row] = joint[0, row]
        for c in range(1, k):
            highest[row] = max(highest[row], joint[c, row])
        total = 0.0
        for c in range(k):
            joint[c, row] = math.exp(joint[c, row] - highest[row])
            total += joint[c, row]
        objective += weights[row] * (highest[row] + math.log(total))
        for c in range(k):
            joint[c, row] *= weights[row] / total
    return objective


@kernel
def em_missing(rows, weights, starts, observed, means, log_weights, covariances, zeroth, first, second):
    """One E step and the moments of the completed rows, added to `zeroth` (k,), `first` (k, d) and `second` (k, p, p).

    Returns
    -------
    float
        Weighted log-likelihood of what was observed; NaN when a covariance is not positive definite.
    """
    k, d = means.shape
    joint = np.empty((k, rows.shape[0]))
    if not log_joint_missing(rows, starts, observed, means, log_weights, covariances, joint):
        return np.nan
    objective = posterior(joint, weights, np.empty(rows.shape[0]))
    seen, unseen = np.empty(d, np.int64), np.empty(d, np.int64)
    inverse, slope, residual, completed = np.zeros((d, d)), np.zeros((d, d)), np.zeros((d, d)), np.zeros(d)
    for g in range(observed.shape[0]):
        m = split_columns(observed[g], seen, unseen)
        u = d - m
        for c in range(k):
            observed_factor(covariances[c], seen, m, inverse)
            _regression(covariances[c], seen, m, unseen, u, inverse, slope, residual)
            mass = 0.0
            for row in range(starts[g], starts[g + 1]):
                share = joint[c, row]
                mass += share
                _add_row(rows[row], means[c], share, seen, m, unseen, u, slope, completed, first[c], second[c])
            zeroth[c] += mass
            for a in range(u):
                for b in range(u):
                    second[c, unseen[a], unseen[b]] += mass * residual[a, b]
    return objective
