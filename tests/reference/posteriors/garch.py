"""GARCH(1, 1) with constant mean; (alpha1, beta1, what is left to 1) is a point of a simplex."""

import math

import numba
import numpy as np

from statsim.samplers.supports import Positive, Real, Simplex
from statsim.samplers.targets.target import Target
from tests.reference.posteriors.posterior import Posterior, load


@numba.njit
def garch(x, out, y, first):
    """x = (mu, alpha0, alpha1, beta1, 1 - alpha1 - beta1), the last of which has no part in the density."""
    mu, a0, a1, b1 = x[0], x[1], x[2], x[3]
    out[:] = 0.0
    value, variance = 0.0, first * first
    in_mu = in_a0 = in_a1 = in_b1 = 0.0  # derivatives of the variance
    for t in range(y.size):
        r = y[t] - mu
        value -= 0.5 * (math.log(variance) + r * r / variance)
        slope = 0.5 * (r * r / variance - 1.0) / variance
        out[0] += r / variance + slope * in_mu
        out[1] += slope * in_a0
        out[2] += slope * in_a1
        out[3] += slope * in_b1
        in_mu = b1 * in_mu - 2.0 * a1 * r
        in_a0 = b1 * in_a0 + 1.0
        in_a1 = b1 * in_a1 + r * r
        in_b1 = b1 * in_b1 + variance
        variance = a0 + a1 * r * r + b1 * variance
    return value


def volatility():
    record = load("garch-garch11")
    data = [record["data"]["y"], float(record["data"]["sigma1"])]
    target = Target(value_and_gradient=garch, dim=5, data=data, support=[Real(), Positive(), Simplex(3)])
    return Posterior(record, target, report=lambda values: values[..., :4], extra=lambda x: np.array([1.0 - x[2] - x[3]]))
