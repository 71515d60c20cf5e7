"""Component probabilities given evidence, from the project's own elementary functions: a conditioned model is the same everywhere."""

import math

from statsim.kernels.elementary import exp, log, log1p, log_gamma
from statsim.kernels.elementary.saddle_point import poisson_log_probability
from statsim.kernels.jit import kernel


@kernel
def count_log_probability(x, mean, dispersion):
    """Log probability of a count x (a whole double): Poisson for dispersion 0, negative binomial above, a point mass below."""
    if dispersion < 0.0 or mean == 0.0:
        return 0.0 if x == mean else -math.inf
    if dispersion == 0.0:
        return poisson_log_probability(x, mean) if mean >= 1.0 else x * log(mean) - mean - log_gamma(x + 1.0)
    shape, scaled = 1.0 / dispersion, dispersion * mean
    power = x * log(scaled) if x > 0.0 else 0.0
    return log_gamma(x + shape) - log_gamma(shape) - log_gamma(x + 1.0) + power - (x + shape) * log1p(scaled)


@kernel
def normalise_weights(log_joint, weights):
    """Fill `weights` (K,) with probabilities proportional to exp(log_joint); returns the largest of `log_joint` (K,).

    Where that is -inf nothing is filled in. NaN counts as -inf.
    """
    top = -math.inf
    for k in range(log_joint.shape[0]):
        if log_joint[k] > top:
            top = log_joint[k]
    if top == -math.inf:
        return top
    total = 0.0
    for k in range(log_joint.shape[0]):
        weights[k] = exp(log_joint[k] - top) if log_joint[k] > -math.inf else 0.0
        total += weights[k]
    for k in range(log_joint.shape[0]):
        weights[k] /= total
    return top
