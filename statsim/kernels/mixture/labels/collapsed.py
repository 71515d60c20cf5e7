r"""One label after another given the others, weights and components integrated out: R. Neal, JCGS 9 (2000), algorithm 3.

The predictive law of a row in a component of n rows, :math:`\kappa = \kappa_0 + n`, :math:`\nu = \nu_0 + n`, is a multivariate t: with
:math:`q = \frac{\kappa}{\kappa + 1} (x - m)^T \Psi^{-1} (x - m)` its log density is a number that depends on n, less half the log determinant of
:math:`\Psi`, less :math:`\frac{\nu + 1}{2} \log(1 + q)`.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log, log1p, log_gamma
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.mixture.labels.components import DIAGONAL, SPHERICAL, add_row, half_log_scale, rebuild_one, remove_row
from statsim.kernels.streams import uniform

NO_ROOM, NO_COMPONENT = 1, 2
_LOG_PI = math.log(math.pi)


@kernel
def fill_predictive_constants(kind, kappa0, dof0, d, out):
    """out (n + 1,): what depends on the number of rows alone."""
    for n in range(out.size):
        kappa, dof = kappa0 + n, dof0 + n
        out[n] = 0.5 * d * (log(kappa / (kappa + 1.0)) - _LOG_PI)
        if kind == SPHERICAL:
            out[n] += log_gamma(0.5 * (dof + 1.0) * d) - log_gamma(0.5 * dof * d)
        elif kind == DIAGONAL:
            out[n] += d * (log_gamma(0.5 * (dof + 1.0)) - log_gamma(0.5 * dof))
        else:
            out[n] += log_gamma(0.5 * (dof + 1.0)) - log_gamma(0.5 * (dof + 1.0 - d))


@inlined
def _tail(kind, kappa, dof, mean, lower, x, y):
    """(nu + 1) / 2 times log(1 + q), summed over columns where they are independent; y (d,) is scratch."""
    d, share = x.size, kappa / (kappa + 1.0)
    if kind == DIAGONAL:
        total = 0.0
        for i in range(d):
            gap = x[i] - mean[i]
            total += log1p(share * gap * gap / lower[i, i])
        return 0.5 * (dof + 1.0) * total
    q = 0.0
    for i in range(d):
        value = x[i] - mean[i]
        if kind != SPHERICAL:
            for j in range(i):
                value -= lower[i, j] * y[j]
            value /= lower[i, i]
            y[i] = value
        q += value * value
    if kind == SPHERICAL:
        return 0.5 * (dof + 1.0) * d * log1p(share * q / lower[0, 0])
    return 0.5 * (dof + 1.0) * log1p(share * q)


@inlined
def _base(prior, counts, lowers, constants, c):
    """Log prior mass of component c and what its predictive density has of the component alone."""
    shapes, process = prior[5], prior[6]
    mass = (float(counts[c]) if counts[c] > 0 else shapes[0]) if process else shapes[c] + counts[c]
    return log(mass) + constants[counts[c]] - half_log_scale(prior[0], lowers[c])


@kernel
def collapsed_sweep(random, X, labels, prior, table, constants):
    """Draw each label of `labels` (n,) in turn; `table` belongs to them before and after.

    Of a process, one empty component stands for all that are not occupied. Returns 0, `NO_ROOM` where there is none, `NO_COMPONENT`
    where a row has density zero under all.
    """
    kind, _, kappa0, dof0, _, _, process = prior
    counts, means, lowers = table
    K, d = means.shape
    bases, masses = np.empty(K), np.empty(K)
    v, mean, lower = np.empty(d), np.empty(d), np.empty((d, d))
    for c in range(K):
        bases[c] = _base(prior, counts, lowers, constants, c)
    for row in range(X.shape[0]):
        x, old = X[row], labels[row]
        base = bases[old]
        mean[:], lower[:] = means[old], lowers[old]
        labels[row] = -1
        if not remove_row(prior, table, x, old, v):
            rebuild_one(prior, table, X, labels, old, v)
        bases[old] = _base(prior, counts, lowers, constants, old)
        top, opened = -math.inf, False
        for c in range(K):
            if process and counts[c] == 0:
                if opened:
                    masses[c] = -math.inf
                    continue
                opened = True
            masses[c] = bases[c] - _tail(kind, kappa0 + counts[c], dof0 + counts[c], means[c], lowers[c], x, v)
            top = max(top, masses[c])
        if process and not opened:
            return NO_ROOM
        if not -math.inf < top < math.inf:
            return NO_COMPONENT
        new = _chosen(random, masses, top)
        labels[row] = new
        if new == old:  # as it was, bit for bit
            means[old] = mean
            lowers[old] = lower
            counts[old] += 1
            bases[old] = base
        else:
            add_row(prior, table, x, new, v)
            bases[new] = _base(prior, counts, lowers, constants, new)
    return 0


@inlined
def _chosen(random, masses, top):
    """An index with probability proportional to exp(masses - top)."""
    total = 0.0
    for c in range(masses.size):
        masses[c] = exp(masses[c] - top)
        total += masses[c]
    u, last = uniform(random) * total, 0
    for c in range(masses.size):
        if masses[c] > 0.0:
            last = c
            if u < masses[c]:
                return c
            u -= masses[c]
    return last
