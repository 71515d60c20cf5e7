r"""The exact Gaussian log-likelihood of an autoregression and its gradient, from second moments.

Given its first p steps a sequence is a regression; the first steps have the stationary covariance :math:`\Gamma = C \Gamma C' + Q` of the
companion matrix C. With :math:`G = \partial \ell / \partial \Gamma`, the gradient through :math:`\Gamma` is the solution of the adjoint equation
:math:`\Lambda = C' \Lambda C + G`: :math:`\partial \ell / \partial Q = \Lambda`, :math:`\partial \ell / \partial C = 2 \Lambda C \Gamma`. With missing values
the moments are their expectations given what is known (Fisher's identity). Box, Jenkins (1976), Time Series Analysis, A7.5.
"""

from dataclasses import dataclass

import numpy as np

from statsim.kernels.series.lyapunov import stationary_covariance

_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Gradient:
    """Derivatives by the parts of a `Point`; that by the factor is by its lower triangle."""

    coefficients: np.ndarray
    location: np.ndarray
    slope: np.ndarray
    factor: np.ndarray


def equations(point, rows):
    """Matrix (k, 2 + (p + 1) k) that makes residuals of windows."""
    lagged = _lagged(point.coefficients, len(point.location))
    return _with_intercept(point, lagged) if len(rows.history) else lagged @ _deviation(point, rows)


def conditional(point, rows, moments):
    """Log-likelihood of all windows given their first p values, and its gradient."""
    k, p = len(point.location), len(point.coefficients)
    cross, squares = moments.residual(equations(point, rows))
    whole = np.linalg.inv(point.factor)
    precision = whole.T @ whole
    value = -0.5 * (moments.count * (k * _LOG_2PI + 2 * np.log(np.diagonal(point.factor)).sum()) + np.sum(precision * squares))
    pull = -precision @ cross
    noise = 0.5 * (precision @ squares @ precision - moments.count * precision)
    if len(rows.history):
        by_lags, location, slope = pull[:, 2:], -pull[:, 0], -pull[:, 1]
    else:
        by_lags = pull @ _deviation(point, rows).T
        blocks = (_lagged(point.coefficients, k).T @ pull).reshape(p + 1, k, -1)
        ages = np.arange(p, -1, -1.0)[:, None] / rows.unit
        location, slope = -blocks[:, :, 0].sum(axis=0), (ages * blocks[:, :, 0] - blocks[:, :, 1]).sum(axis=0)
    coefficients = -by_lags[:, : p * k].reshape(k, p, k).transpose(1, 0, 2)[::-1]
    return value, Gradient(coefficients, location, slope, np.tril(2 * noise @ point.factor))


def stationary_start(point, rows, found):
    """Log-likelihood of the `Beginning`s `found`, and its gradient; (-inf, None) without a stationary law."""
    k, p = len(point.location), len(point.coefficients)
    companion, shock, gamma = np.zeros((p * k, p * k)), np.zeros((p * k, p * k)), np.empty((p * k, p * k))
    companion[:k] = np.concatenate(list(point.coefficients), axis=1)
    companion[k:, :-k] = np.eye((p - 1) * k)
    shock[:k, :k] = point.factor @ point.factor.T
    if not stationary_covariance(companion, shock, gamma):
        return -np.inf, None
    order = np.arange(p * k).reshape(p, k)[::-1].ravel()
    forward = gamma[np.ix_(order, order)]
    value, pull, location, slope = 0.0, np.zeros_like(gamma), np.zeros(k), np.zeros(k)
    for beginning in found:
        part, by_gamma, by_mean = _one_start(point, rows, beginning, forward)
        if by_gamma is None:
            return -np.inf, None
        value += part
        size = len(by_gamma)
        pull[:size, :size] += by_gamma
        location += by_mean.sum(axis=0)
        slope += (_times(beginning, rows)[:, None] * by_mean).sum(axis=0)
    adjoint = np.empty_like(gamma)
    if not stationary_covariance(np.ascontiguousarray(companion.T), np.ascontiguousarray(pull[np.ix_(order, order)]), adjoint):
        return -np.inf, None
    by_companion = 2 * adjoint @ companion @ gamma
    coefficients = by_companion[:k].reshape(k, p, k).transpose(1, 0, 2)
    return value, Gradient(coefficients, location, slope, np.tril(2 * adjoint[:k, :k] @ point.factor))


def _one_start(point, rows, beginning, forward):
    """Log density of one kind of beginning, its gradient by the covariance and by the means (steps, k); None where singular."""
    k, size = len(point.location), beginning.steps * len(point.location)
    means = point.location + point.slope * _times(beginning, rows)[:, None]
    deviation = np.concatenate([-means.reshape(size, 1), np.eye(size)], axis=1)
    try:
        factor = np.linalg.cholesky(forward[:size, :size])
    except np.linalg.LinAlgError:
        return -np.inf, None, None
    whole = np.linalg.inv(factor)
    precision = whole.T @ whole
    cross = deviation @ beginning.second
    squares = cross @ deviation.T
    value = -0.5 * (beginning.count * (size * _LOG_2PI + 2 * np.log(np.diagonal(factor)).sum()) + np.sum(precision * squares))
    by_gamma = 0.5 * (precision @ squares @ precision - beginning.count * precision)
    return value, by_gamma, (precision @ cross)[:, 0].reshape(beginning.steps, k)


def _times(beginning, rows):
    return (beginning.first + np.arange(beginning.steps) - rows.origin) / rows.unit


def _lagged(coefficients, k):
    """(k, (p + 1) k): minus the coefficients, the oldest lag first, then the identity."""
    return np.concatenate([*(-coefficients[::-1]), np.eye(k)], axis=1)


def _with_intercept(point, lagged):
    return np.concatenate([-point.location[:, None], -point.slope[:, None], lagged], axis=1)


def _deviation(point, rows):
    """Matrix ((p + 1) k, 2 + (p + 1) k) that takes the mean from the values of a window."""
    k, p = len(point.location), len(point.coefficients)
    ages = np.arange(p, -1, -1.0)[:, None] / rows.unit
    level = (point.location - ages * point.slope).reshape(-1, 1)
    return np.concatenate([-level, np.tile(-point.slope, p + 1)[:, None], np.eye((p + 1) * k)], axis=1)
