"""Targets of one coordinate with known distribution functions."""

import numba
import numpy as np
from scipy import stats

from statsim.samplers.supports import Bounded, Positive
from statsim.samplers.targets.target import Target

QUIET = {"interpreted": bool(numba.config.DISABLE_JIT)}  # where compilation is off, these functions are plain ones


@numba.njit
def _normal(x):
    return 7.0 - 0.5 * x[0] ** 2


@numba.njit
def _normal_slope(x):
    return -x


@numba.njit
def _quartic(x):
    return -(x[0] ** 4)


@numba.njit
def _cauchy(x):
    return -np.log1p(x[0] ** 2)


@numba.njit
def _laplace(x):
    return -abs(x[0] - 0.3)


@numba.njit
def _gamma(x, shape):
    return (shape - 1.0) * np.log(x[0]) - x[0]


@numba.njit
def _flat(x):
    return 0.0


@numba.njit
def _step(x):
    return 0.0 if 1.0 < x[0] < 4.0 else -np.inf


@numba.njit
def _two_modes(x):
    density = 0.3 * np.exp(-0.5 * ((x[0] + 5.0) / 0.1) ** 2) / 0.1 + 0.7 * np.exp(-0.5 * (x[0] - 5.0) ** 2)
    return np.log(density) if density > 0.0 else -np.inf


def two_modes_cdf(x):
    return 0.3 * stats.norm.cdf(x, -5.0, 0.1) + 0.7 * stats.norm.cdf(x, 5.0, 1.0)


def student(df):
    """Student's t; not log-concave."""
    return Target(_student, dim=1, data=[float(df)], **QUIET)


@numba.njit
def _student(x, df):
    return -0.5 * (df + 1.0) * np.log1p(x[0] ** 2 / df)


def gamma(shape):
    return Target(_gamma, dim=1, data=[float(shape)], support=Positive(), **QUIET)


def flat(low, high):
    return Target(_flat, dim=1, support=Bounded(low, high), **QUIET)


NORMAL = Target(_normal, dim=1, **QUIET)
NORMAL_WITH_SLOPE = Target(_normal, _normal_slope, dim=1, **QUIET)
QUARTIC = Target(_quartic, dim=1, **QUIET)
CAUCHY = Target(_cauchy, dim=1, **QUIET)
ENDLESS = Target(_flat, dim=1, **QUIET)
STEP = Target(_step, dim=1, **QUIET)
TWO_MODES = Target(_two_modes, dim=1, **QUIET)

LOG_CONCAVE = {
    "normal": (NORMAL, stats.norm.cdf),
    "normal with slope": (NORMAL_WITH_SLOPE, stats.norm.cdf),
    "laplace": (Target(_laplace, dim=1, **QUIET), stats.laplace(0.3).cdf),
    "gamma 3": (gamma(3), stats.gamma(3).cdf),
    "exponential": (gamma(1), stats.expon.cdf),
    "uniform": (flat(2.0, 3.0), stats.uniform(2.0, 1.0).cdf),
    "step": (STEP, stats.uniform(1.0, 3.0).cdf),
    "quartic": (QUARTIC, stats.gennorm(4).cdf),
}
ANY = {
    **LOG_CONCAVE,
    "cauchy": (CAUCHY, stats.cauchy.cdf),
    "gamma 1/2": (gamma(0.5), stats.gamma(0.5).cdf),
    "gamma 200": (gamma(200), stats.gamma(200).cdf),
    "two modes": (TWO_MODES, two_modes_cdf),
}
