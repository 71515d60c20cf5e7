"""Targets that the tests of the Metropolis family share, compiled once."""

import math

import numba
import numpy as np

from statsim.samplers.supports import Positive, Real
from statsim.samplers.targets.target import Target
from tests.reference.metropolis import Skewed


@numba.njit
def _skewed(x, cut, sd):
    if x[1] <= cut:
        return -math.inf
    return 2.0 * math.log(x[0]) - x[0] - 0.5 * ((x[1] - x[0]) / sd) ** 2


@numba.njit
def _skewed_gradient(x, out, cut, sd):
    z = (x[1] - x[0]) / sd**2
    out[0] = 2.0 / x[0] - 1.0 + z
    out[1] = -z


@numba.njit
def _normal(x, out, precision):
    total = 0.0
    for i in range(x.size):
        slope = 0.0
        for j in range(x.size):
            slope -= precision[i, j] * x[j]
        out[i] = slope
        total += 0.5 * slope * x[i]
    return total


@numba.njit
def _two_boxes(x):
    """Uniform on [0, 1] and, half as high, on [1, 3]; nothing elsewhere."""
    if x[0] < 0.0 or x[0] > 3.0:
        return -math.inf
    return 0.0 if x[0] < 1.0 else -math.log(2.0)


INTERPRETED = bool(numba.config.DISABLE_JIT)
SKEWED = Target(_skewed, _skewed_gradient, dim=2, data=[Skewed.cut, Skewed.sd], support=[Positive(), Real()], interpreted=INTERPRETED)
TWO_BOXES = Target(_two_boxes, dim=1, interpreted=INTERPRETED)


def normal_target(covariance):
    """A normal with mean zero, and its gradient."""
    return Target(value_and_gradient=_normal, dim=len(covariance), data=[np.linalg.inv(covariance)], interpreted=INTERPRETED)
