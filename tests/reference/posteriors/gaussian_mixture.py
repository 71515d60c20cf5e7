"""Two normals with ordered means."""

import math

import numba

from statsim.samplers.supports import Bounded, Ordered, Positive
from statsim.samplers.targets.target import Target
from tests.reference.posteriors.posterior import Posterior, load


@numba.njit
def mixture(x, out, y):
    """x = (mu[2], sigma[2], theta)."""
    theta = x[4]
    value = 4.0 * (math.log(theta) + math.log1p(-theta))
    out[4] = 4.0 / theta - 4.0 / (1.0 - theta)
    for k in range(4):
        value -= x[k] ** 2 / 8.0
        out[k] = -x[k] / 4.0
    for i in range(y.size):
        a, b = (y[i] - x[0]) / x[2], (y[i] - x[1]) / x[3]
        log_p, log_q = math.log(theta / x[2]) - 0.5 * a * a, math.log((1.0 - theta) / x[3]) - 0.5 * b * b
        top = max(log_p, log_q)
        p, q = math.exp(log_p - top), math.exp(log_q - top)
        value += top + math.log(p + q)
        p, q = p / (p + q), q / (p + q)
        out[0] += p * a / x[2]
        out[1] += q * b / x[3]
        out[2] += p * (a * a - 1.0) / x[2]
        out[3] += q * (b * b - 1.0) / x[3]
        out[4] += p / theta - q / (1.0 - theta)
    return value


def two_normals():
    record = load("low_dim_gauss_mix-low_dim_gauss_mix")
    support = [Ordered(2), Positive(2), Bounded(low=0.0, high=1.0)]
    return Posterior(record, Target(value_and_gradient=mixture, dim=5, data=[record["data"]["y"]], support=support))
