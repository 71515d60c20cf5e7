r"""The posterior law of each component, row by row: A. Gelman et al., Bayesian Data Analysis (2013), section 3.6.

A row x added to a component of mean m and precision :math:`\kappa` moves m by :math:`(x - m) / (\kappa + 1)` and adds
:math:`\kappa / (\kappa + 1)\, (x - m)(x - m)^T` to the scale matrix, a rank-one change of its factor.
"""

import math

from statsim.kernels.cholesky_update import add_rank_one, remove_rank_one
from statsim.kernels.elementary import log, log_gamma
from statsim.kernels.jit import inlined, kernel

FULL, TIED, DIAGONAL, SPHERICAL = range(4)
_LOG_PI = math.log(math.pi)


@kernel
def reset(prior, table, c):
    """Component c has no rows."""
    _, mean, _, _, lower, _, _ = prior
    counts, means, lowers = table
    counts[c] = 0
    means[c] = mean
    lowers[c] = lower


@inlined
def add_row(prior, table, x, c, v):
    """Add the row x (d,) to component c; v (d,) is scratch."""
    kind, kappa0 = prior[0], prior[2]
    counts, means, lowers = table
    kappa = kappa0 + counts[c]
    gain, share = math.sqrt(kappa / (kappa + 1.0)), 1.0 / (kappa + 1.0)
    for i in range(x.size):
        y = x[i] - means[c, i]
        means[c, i] += share * y
        v[i] = gain * y
    counts[c] += 1
    if kind <= TIED:
        add_rank_one(lowers[0 if kind == TIED else c], v)
    else:
        for i in range(x.size):
            place = i if kind == DIAGONAL else 0
            lowers[c, place, place] += v[i] * v[i]


@inlined
def remove_row(prior, table, x, c, v):
    """Take the row x from component c; False, with the component spoilt, where rounding leaves no positive definite scale."""
    kind, kappa0 = prior[0], prior[2]
    counts, means, lowers = table
    if counts[c] == 1:
        reset(prior, table, c)
        return True
    kappa = kappa0 + counts[c]
    gain, share = math.sqrt(kappa / (kappa - 1.0)), 1.0 / (kappa - 1.0)
    for i in range(x.size):
        y = x[i] - means[c, i]
        means[c, i] -= share * y
        v[i] = gain * y
    counts[c] -= 1
    if kind <= TIED:
        return remove_rank_one(lowers[c], v)
    for i in range(x.size):
        place = i if kind == DIAGONAL else 0
        lowers[c, place, place] -= v[i] * v[i]
        if not lowers[c, place, place] > prior[4][place, place]:  # a sum of squares above the prior's cannot fall to it
            return False
    return True


@kernel
def rebuild(prior, table, X, labels, v):
    """The table of `labels` (n,), from the prior on."""
    for c in range(table[0].size):
        reset(prior, table, c)
    for row in range(X.shape[0]):
        add_row(prior, table, X[row], labels[row], v)


@kernel
def rebuild_one(prior, table, X, labels, c, v):
    """The same for one component."""
    reset(prior, table, c)
    for row in range(X.shape[0]):
        if labels[row] == c:
            add_row(prior, table, X[row], c, v)


@kernel
def half_log_scale(kind, lower):
    """Half the log determinant of the scale matrix that `lower` stands for."""
    d = lower.shape[0]
    if kind == SPHERICAL:
        return 0.5 * d * log(lower[0, 0])
    total = 0.0
    for i in range(d):
        total += log(lower[i, i])
    return total if kind <= TIED else 0.5 * total


@kernel
def log_normaliser(kind, dof, d):
    """The gamma functions of the normaliser of an inverse Wishart law, or of the inverse gamma laws that take its place."""
    if kind == SPHERICAL:
        return log_gamma(0.5 * dof * d)
    total = 0.0
    for i in range(d):
        total += log_gamma(0.5 * (dof - (i if kind <= TIED else 0)))
    return total


@kernel
def log_joint(prior, table):
    """Log probability of the rows and labels in `table`, parameters integrated out; of a partition where the prior is a process."""
    kind, _, kappa0, dof0, lower0, _, _ = prior
    counts, _, lowers = table
    d, n = lower0.shape[0], 0
    value = log_prior_of_labels(prior, counts)
    for c in range(counts.size):
        if counts[c] > 0:
            n += counts[c]
            value += 0.5 * d * log(kappa0 / (kappa0 + counts[c]))
            if kind != TIED:
                value += _gain_of_scale(kind, dof0, counts[c], lower0, lowers[c])
    if kind == TIED:
        value += _gain_of_scale(kind, dof0, n, lower0, lowers[0])
    return value - 0.5 * n * d * _LOG_PI


@inlined
def _gain_of_scale(kind, dof0, n, lower0, lower):
    d = lower.shape[0]
    before = log_normaliser(kind, dof0, d) - dof0 * half_log_scale(kind, lower0)
    return log_normaliser(kind, dof0 + n, d) - (dof0 + n) * half_log_scale(kind, lower) - before


@kernel
def log_prior_of_labels(prior, counts):
    """Log probability of labels (of a partition where the prior is a process) with these counts; T. S. Ferguson (1973), Ann. Stat. 1."""
    shapes, process = prior[5], prior[6]
    n, total, value = 0, 0.0, 0.0
    for c in range(counts.size):
        n += counts[c]
        if process:
            value += log(shapes[0]) + log_gamma(float(counts[c])) if counts[c] > 0 else 0.0
        else:
            total += shapes[c]
            value += log_gamma(shapes[c] + counts[c]) - log_gamma(shapes[c])
    total = shapes[0] if process else total
    return value + log_gamma(total) - log_gamma(total + n)
