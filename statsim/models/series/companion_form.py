"""An autoregression as a linear Gaussian state space model: the state holds the last values, the newest first, and where there is a slope the time."""

import numpy as np

from statsim.models.series.linear_gaussian import LinearGaussian


def companion_form(law, lags=None):
    """`LinearGaussian` with the state (y_t, ..., y_{t - lags + 1}[, t + 1]); `lags` >= p, at least 1."""
    k, lags = law.width, max(law.order, 1) if lags is None else lags
    timed = bool(law.slope.any())
    size, m = lags * k, lags * k + timed
    transition, shock, offset = np.zeros((m, m)), np.zeros((m, m)), np.zeros(m)
    transition[:size, :size] = law.companion(lags)
    shock[:k, :k] = law.noise
    offset[:k] = law.intercept
    mean, covariance = np.zeros(m), np.zeros((m, m))
    mean[:size], covariance[:size, :size] = _first_state(law, lags)
    if timed:
        transition[:k, size], transition[size, size], offset[size], mean[size] = law.slope, 1.0, 1.0, law.before + 2.0
    observation = np.zeros((k, m))
    observation[:, :k] = np.eye(k)
    return LinearGaussian(transition, observation, shock, np.zeros((k, k)), offset, np.zeros(k), mean, covariance)


def _first_state(law, lags):
    """Mean (lags k,) and covariance of (y_1, y_0, ...)."""
    if law.initial is None:
        times = law.before + 1 - np.arange(lags)
        return law.means(times).ravel(), law.stationary_covariance(lags)
    past = np.zeros((max(lags, law.order), law.width))
    past[: law.order] = law.initial[::-1]
    first = law.intercept + law.slope * (law.before + 1.0)
    for matrix, values in zip(law.coefficients, past, strict=False):
        first = first + np.array([sum(x * y for x, y in zip(row, values, strict=True)) for row in matrix])
    covariance = np.zeros((lags * law.width,) * 2)
    covariance[: law.width, : law.width] = law.noise
    return np.concatenate([first, past[: lags - 1].ravel()]), covariance
