r"""Log posteriors of regressions with their gradients, in coordinates that a sampler likes.

The parameters are :math:`b = c + T \theta` for a centre c and a root T of the covariance there, so that the posterior of :math:`\theta` is near the
standard normal law (the change of variables has a constant determinant, which is left out). Priors are those of the table of
`statsim.kernels.priors`, of b itself, but that the last coefficient, the intercept, is seen at `view`: b_last + view . b.
The normal law needs no rows: :math:`|y - X b|^2 = S + |R (b - \hat b)|^2`.
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.likelihoods.logistic import add_logistic
from statsim.kernels.priors import log_prior
from statsim.kernels.regression.families import BERNOULLI, chance, log_one_plus_exp

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@inlined
def _place(x, centre, turn, b):
    """b = centre + turn x; only the first coordinates of x are used."""
    for i in range(centre.size):
        total = centre[i]
        for j in range(centre.size):
            total += turn[i, j] * x[j]
        b[i] = total


@inlined
def _pull_back(slopes, turn, out):
    """out = turn^T slopes on the first coordinates."""
    p = turn.shape[0]
    for j in range(p):
        total = 0.0
        for i in range(p):
            total += turn[i, j] * slopes[i]
        out[j] = total


@inlined
def _add_prior(priors, view, b, slopes):
    """Log prior of view @ b, its gradient added to `slopes`; what b holds beyond the coefficients is seen as it is."""
    p = view.shape[0]
    seen, gradient = b.copy(), np.zeros(b.size)
    for i in range(p):
        seen[i] = 0.0
        for j in range(p):
            seen[i] += view[i, j] * b[j]
    value = log_prior(priors, seen, gradient)
    for j in range(p):
        for i in range(p):
            slopes[j] += view[i, j] * gradient[i]
    for j in range(p, b.size):
        slopes[j] += gradient[j]
    return value


@kernel
def linear(x, out, centre, turn, triangle, best, residual, total, view, priors):
    """x (p + 1,): theta and the scale. `triangle` (p, p) is R, `residual` is S, `total` the sum of weights."""
    p, scale = centre.size, x[centre.size]
    b, slopes = np.empty(p + 1), np.zeros(p + 1)
    _place(x, centre, turn, b)
    b[p] = scale
    squares = residual
    for i in range(p):
        z = 0.0
        for j in range(i, p):
            z += triangle[i, j] * (b[j] - best[j])
        squares += z * z
        for j in range(i, p):
            slopes[j] -= z * triangle[i, j] / (scale * scale)
    slopes[p] = (squares / (scale * scale) - total) / scale
    value = -0.5 * squares / (scale * scale) - total * (math.log(scale) + _HALF_LOG_2PI)
    value += _add_prior(priors, view, b, slopes)
    _pull_back(slopes, turn, out)
    out[p] = slopes[p]
    return value


@kernel
def logistic(x, out, centre, turn, tiles, y, view, priors):
    """x (p,): theta. Rows of weight 1 without offsets, in `tiles` of 64."""
    b, slopes = np.empty(centre.size), np.zeros(centre.size)
    _place(x, centre, turn, b)
    value = add_logistic(b, tiles, y, slopes)
    value += _add_prior(priors, view, b, slopes)
    _pull_back(slopes, turn, out)
    return value


@kernel
def weighted(x, out, family, centre, turn, design, offsets, y, weights, constant, view, priors):
    """x (p,): theta. Any weights and offsets, logistic or Poisson; `constant` is the part of the log-likelihood without b."""
    b, slopes = np.empty(centre.size), np.zeros(centre.size)
    _place(x, centre, turn, b)
    value = constant
    for i in range(y.size):
        eta = offsets[i]
        for j in range(b.size):
            eta += design[i, j] * b[j]
        mean = chance(eta) if family == BERNOULLI else exp(eta)
        value += weights[i] * (y[i] * eta - (log_one_plus_exp(eta) if family == BERNOULLI else mean))
        slope = weights[i] * (y[i] - mean)
        for j in range(b.size):
            slopes[j] += slope * design[i, j]
    value += _add_prior(priors, view, b, slopes)
    _pull_back(slopes, turn, out)
    return value


@kernel
def log_prior_at(b, view, priors):
    """Log prior of parameters b."""
    return _add_prior(priors, view, b, np.zeros(b.size))
