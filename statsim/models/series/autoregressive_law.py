"""The law of a vector autoregression, and what follows from its parameters in closed form. An autoregression is one with one column."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.series.elimination import solve_in_place
from statsim.kernels.series.lyapunov import stationary_covariance
from statsim.models.series import checked

STATIONARY = 1.0 - 1e-10
"""Companion eigenvalues beyond this are a unit root: the stationary law cannot be told from one without a variance."""


@dataclass(frozen=True, eq=False)
class AutoregressiveLaw:
    r""":math:`y_t = c + \delta t + \sum_i A_i y_{t-i} + e_t`, :math:`e_t \sim N(0, \Sigma)`, t = before + 1, before + 2, ...

    Attributes
    ----------
    coefficients : ndarray (p, k, k)
    intercept, slope : ndarray (k,)
    noise : ndarray (k, k)
        Covariance of e.
    initial : ndarray (p, k) or None
        Values before the first step, the oldest first; None is the stationary law.
    before : int
        Number of the step before the first.
    """

    coefficients: np.ndarray
    intercept: np.ndarray
    slope: np.ndarray
    noise: np.ndarray
    initial: np.ndarray | None = None
    before: int = 0

    @property
    def order(self):
        return self.coefficients.shape[0]

    @property
    def width(self):
        return self.noise.shape[0]

    @property
    def history(self):
        """`initial`, or zeros that no step uses."""
        return np.zeros((self.order, self.width)) if self.initial is None else self.initial

    @cached_property
    def noise_factor(self):
        return checked.root(self.noise, "the noise covariance")

    def companion(self, lags=None):
        """Matrix (lags k, lags k) that moves (y_t, ..., y_{t - lags + 1}) one step on; lags >= p, at least 1."""
        k, lags = self.width, max(self.order, 1) if lags is None else lags
        matrix = np.zeros((lags * k, lags * k))
        for lag in range(self.order):
            matrix[:k, lag * k : (lag + 1) * k] = self.coefficients[lag]
        matrix[k:, : (lags - 1) * k] = np.eye((lags - 1) * k)
        return matrix

    @cached_property
    def roots(self):
        """Eigenvalues of the companion matrix, the largest first."""
        values = np.linalg.eigvals(self.companion())
        return values[np.argsort(-np.abs(values), kind="stable")]

    @property
    def is_stationary(self):
        return bool(np.abs(self.roots[0]) < STATIONARY)

    def stationary_covariance(self, lags=None):
        """Covariance (lags k, lags k) of (y_t, ..., y_{t - lags + 1}) under the stationary law, the newest first."""
        matrix = self.companion(lags)
        shock, out = np.zeros(matrix.shape), np.empty(matrix.shape)
        shock[: self.width, : self.width] = self.noise
        if not stationary_covariance(matrix, shock, out):
            raise ArgumentError(f"the stationary covariance is beyond doubles: {self.root_words()}, the noise covariance has {self.noise.max():g}")
        return out

    def root_words(self):
        """The largest eigenvalue, in words."""
        value = complex(self.roots[0])
        digits = ".6g" if abs(abs(value) - 1.0) > 1e-6 else ".15g"
        shown = f"{value.real:{digits}}" if abs(value.imag) < 1e-12 else f"{value.real:{digits}}{value.imag:+{digits}}i"
        return f"the largest eigenvalue of the companion matrix is {shown}, of size {abs(value):{digits}}"

    @cached_property
    def trend(self):
        """(a, b), each (k,): the mean at step t is a + b t; by our own loops. Needs the stationary law."""
        total = np.eye(self.width)
        weighted = np.zeros((self.width, self.width))
        for lag, matrix in enumerate(self.coefficients):
            total -= matrix
            weighted += (lag + 1) * matrix
        b = self.slope.copy()
        if b.any():
            solve_in_place(total.copy(), b)
        a = self.intercept - np.array([sum(x * y for x, y in zip(row, b, strict=True)) for row in weighted])
        if a.any():
            solve_in_place(total.copy(), a)
        return a, b

    def means(self, times):
        """Stationary means (len(times), k) at steps `times`."""
        a, b = self.trend
        return a + b * np.asarray(times, np.float64)[:, None]

    @cached_property
    def start(self):
        """Mean (p k,) and lower factor (p k, p k) of the first p steps in the order of time; of no rows with `initial`."""
        size = self.order * self.width if self.initial is None else 0
        if not size:
            return np.empty(0), np.empty((0, 0))
        order = np.arange(size).reshape(self.order, self.width)[::-1].ravel()
        covariance = self.stationary_covariance()[np.ix_(order, order)]
        mean = self.means(self.before + np.arange(1, self.order + 1)).ravel()
        return mean, checked.root(np.ascontiguousarray(covariance), "the stationary covariance")

    def after(self, history):
        """The law of what follows `history` (at least p steps without missing values)."""
        known = np.concatenate([self.history, history])
        return replace(self, initial=known[len(known) - self.order :].copy(), before=self.before + len(history))

    def n_free(self, trend):
        """Number of free parameters; a trend is "n", "c" or "ct"."""
        p, k = self.order, self.width
        return p * k * k + {"n": 0, "c": 1, "ct": 2}[trend] * k + k * (k + 1) // 2


def checked_law(*, coefficients, intercept, slope, noise, initial, names):
    """`AutoregressiveLaw` from a user's arrays.

    Parameters
    ----------
    coefficients, intercept, slope, noise, initial
        As the attributes; slope and initial may be None.
    names : tuple of str
        What the user calls coefficients, intercept, slope and noise.

    Raises
    ------
    ArgumentError
        For wrong shapes, a covariance that is not positive definite, and a law without a stationary start and without `initial`.
    """
    k = np.shape(coefficients)[1] if np.ndim(coefficients) == 3 else 0
    if k == 0:
        raise ArgumentError(f"{names[0]} must have shape (p, k, k) with k >= 1, got shape {np.shape(coefficients)}")
    coefficients = checked.array(coefficients, names[0], (None, k, k))
    intercept = np.zeros(k) if intercept is None else checked.array(intercept, names[1], (k,))
    slope = np.zeros(k) if slope is None else checked.array(slope, names[2], (k,))
    noise = checked.covariance(noise, names[3], k)
    initial = None if initial is None else checked.array(initial, "initial", (len(coefficients), k))
    law = AutoregressiveLaw(coefficients, intercept, slope, noise, initial)
    require_start(law, names[0])
    return law


def require_start(law, name):
    """Refuse a law that begins in a stationary state which does not exist."""
    if law.initial is None and law.order and not law.is_stationary:
        raise ArgumentError(
            f"{name} have no stationary law: {law.root_words()}, but it must be below 1 by 1e-10; "
            f"pass initial= with the {law.order} value(s) before the first step to start an explosive or unit-root series there"
        )
    _ = law.start  # refuses what overflows
