"""Targets with known answers, as NumPy functions and as targets of the package."""

import functools

import numba
import numpy as np

from statsim.samplers.targets.target import Target

QUARTIC = np.array([[2.0, 0.6], [0.6, 1.0]])


def quartic(y):
    """Log density of a target in the plane that is no normal."""
    return -0.5 * y @ QUARTIC @ y - 0.1 * np.sum(y**4)


def quartic_gradient(y):
    return -QUARTIC @ y - 0.4 * y**3


@numba.njit
def _quartic_both(y, out, A):
    value = 0.0
    for i in range(2):
        slope = A[i, 0] * y[0] + A[i, 1] * y[1]
        value -= 0.5 * y[i] * slope + 0.1 * y[i] ** 4
        out[i] = -slope - 0.4 * y[i] ** 3
    return value


@functools.cache  # a context holds addresses only: the target must outlive it
def quartic_target():
    return Target(value_and_gradient=_quartic_both, dim=2, data=[QUARTIC])


@numba.njit
def _normal_both(y, out, mean, precision):
    value, d = 0.0, y.size
    for i in range(d):
        slope = 0.0
        for j in range(d):
            slope += precision[i, j] * (y[j] - mean[j])
        out[i] = -slope
        value -= 0.5 * (y[i] - mean[i]) * slope
    return value


def normal_target(mean, covariance):
    """A normal law with this mean (d,) and covariance (d, d)."""
    mean = np.asarray(mean, float)
    return Target(value_and_gradient=_normal_both, dim=mean.size, data=[mean, np.linalg.inv(covariance)])


def exact_normal(rng, mean, covariance, n):
    """n exact draws (n, d) of `normal_target`."""
    return mean + rng.normal(size=(n, len(mean))) @ np.linalg.cholesky(covariance).T
