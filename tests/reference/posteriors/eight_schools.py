"""Eight schools (Rubin 1981), centred and non-centred."""

import math

import numba
import numpy as np

from statsim.samplers.supports import Positive, Real
from statsim.samplers.targets.target import Target
from tests.reference.posteriors.posterior import Posterior, load


@numba.njit
def centred(x, out, y, sd, prior):
    """x = (theta, mu, tau); tau ~ half-Cauchy(prior)."""
    n = y.size
    mu, tau = x[n], x[n + 1]
    value = -0.02 * mu * mu - math.log1p((tau / prior) ** 2) - n * math.log(tau)
    out[n] = -0.04 * mu
    out[n + 1] = -2.0 * tau / (prior**2 + tau**2) - n / tau
    for j in range(n):
        a, b = (x[j] - mu) / tau, (y[j] - x[j]) / sd[j]
        value -= 0.5 * (a * a + b * b)
        out[j] = b / sd[j] - a / tau
        out[n] += a / tau
        out[n + 1] += a * a / tau
    return value


@numba.njit
def non_centred(x, out, y, sd, prior):
    """x = (t, mu, tau), theta = mu + tau t."""
    n = y.size
    mu, tau = x[n], x[n + 1]
    value = -0.02 * mu * mu - math.log1p((tau / prior) ** 2)
    out[n] = -0.04 * mu
    out[n + 1] = -2.0 * tau / (prior**2 + tau**2)
    for j in range(n):
        b = (y[j] - mu - tau * x[j]) / sd[j]
        value -= 0.5 * (x[j] * x[j] + b * b)
        out[j] = b * tau / sd[j] - x[j]
        out[n] += b / sd[j]
        out[n + 1] += b * x[j] / sd[j]
    return value


def _effects(values):
    """(theta, mu, tau) of draws (..., (t, mu, tau))."""
    mu, tau = values[..., -2:-1], values[..., -1:]
    return np.concatenate([mu + tau * values[..., :-2], mu, tau], axis=-1)


def _posterior(name, function, prior, **more):
    record = load(name)
    data = [record["data"]["y"], record["data"]["sigma"], prior]
    return Posterior(record, Target(value_and_gradient=function, dim=10, data=data, support=[Real(9), Positive()]), **more)


def schools_centred(*, prior=5.0):
    return _posterior("eight_schools-eight_schools_centered", centred, prior)


def schools_non_centred(*, prior=5.0):
    return _posterior("eight_schools-eight_schools_noncentered", non_centred, prior, report=_effects)
