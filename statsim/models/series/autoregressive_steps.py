"""What the closed-form estimators ask of an autoregression: cross products, autocovariances and deviations from the trend."""

from functools import cached_property

import numpy as np

from statsim.errors import FitError
from statsim.models.series.autoregressive_law import AutoregressiveLaw
from statsim.models.series.exact_likelihood import conditional, equations, stationary_start
from statsim.models.series.point import Point, point_of
from statsim.models.series.series_moments import anchored, beginnings, windows

_OWN_NOISE = 1e-14  # of a column's variance: less noise than this is rounding
_TERMS = {"n": 0, "c": 1, "ct": 2}


class NotStationaryError(FitError):
    """Least squares without a stationary law, where one is needed; `roots` says in words how."""

    def __init__(self, roots, order):
        self.roots = roots
        super().__init__(
            f"the coefficients of the regression have no stationary law: {roots}; pass initial= with the {order} value(s) before the first step, "
            f"or use method='mle' or 'yule-walker', whose coefficients always have one"
        )


class AutoregressiveSteps:
    """The problem of fitting order p with a trend ("n", "c" or "ct") to `Prepared` sequences without missing values."""

    def __init__(self, rows, order, trend):
        self.rows, self.order, self.trend = rows, order, trend
        self.width = rows.values.shape[1]
        self._terms = np.concatenate([np.arange(_TERMS[trend]), 2 + np.arange(order * self.width)])
        self._windows = None

    @property
    def is_stationary(self):
        """True where the law begins in its stationary state."""
        return not len(self.rows.history)

    # ------------------------------------------------------------ least squares

    @cached_property
    def _second(self):
        return windows(self.rows, self.order)

    def cross_products(self):
        """X'X, X'Y and the weighted number of windows."""
        found = self._second
        last = slice(2 + self.order * self.width, None)
        return found.second[np.ix_(self._terms, self._terms)], found.second[self._terms, last], found.count

    def residual_products(self, slopes):
        """X'R and R'R of the residuals of a regression (r, k); the first one is the anchor of the others."""
        matrix = self._regression(slopes)
        if self._windows is None:
            self._windows = anchored(self._second, self.rows, self.order, matrix)
        cross, squares = self._windows.residual(matrix)
        return cross[:, self._terms].T, squares

    def _regression(self, slopes):
        matrix = np.zeros((self.width, 2 + (self.order + 1) * self.width))
        matrix[:, self._terms] = -slopes.T
        matrix[:, 2 + self.order * self.width :] = np.eye(self.width)
        return matrix

    def from_regression(self, slopes, noise):
        """The point of a regression; `FitError` where it has no stationary law and needs one."""
        k, p, full = self.width, self.order, np.zeros((2 + self.order * self.width, self.width))
        full[self._terms] = slopes
        coefficients = np.ascontiguousarray(full[2:].reshape(p, k, k)[::-1].transpose(0, 2, 1))
        noise = checked_noise(noise)
        law = AutoregressiveLaw(coefficients, np.zeros(k), np.zeros(k), noise)
        if self.is_stationary and p and not law.is_stationary:
            raise NotStationaryError(law.root_words(), p)
        return point_of(self.rows, coefficients, full[0], full[1], noise)

    # ------------------------------------------------------------ moments of the stationary law

    @cached_property
    def _trend_line(self):
        """Mean at the origin of time and its slope, each (k,), by least squares on the times alone."""
        terms = _TERMS[self.trend]
        if not terms:
            return np.zeros((2, self.width))
        found = windows(self.rows, 0).second
        return np.concatenate([np.linalg.solve(found[:terms, :terms], found[:terms, 2:]), np.zeros((2 - terms, self.width))])

    def _residual_parts(self):
        rows = self.rows
        if not self.is_stationary:
            raise FitError("initial= is given, so there is no stationary law to match; use method='mle' or 'ols'")
        level, slope = self._trend_line
        for part in rows.parts():
            time = (np.arange(1.0, len(part) + 1) - rows.origin) / rows.unit
            yield part - level - slope * time[:, None]

    def autocovariances(self):
        """E[y_t y_{t-h}'] (p + 1, k, k) with the number of steps as divisor."""
        gamma = np.zeros((self.order + 1, self.width, self.width))
        for part, weight in zip(self._residual_parts(), self.rows.weights, strict=True):
            for h in range(min(self.order + 1, len(part))):
                gamma[h] += weight * (part[h:].T @ part[: len(part) - h])
        return gamma / (self.rows.weights @ np.diff(self.rows.offsets))

    def deviations(self):
        """[(deviations (n,) from the trend, weight), ...] of the one column."""
        return [(part[:, 0], weight) for part, weight in zip(self._residual_parts(), self.rows.weights, strict=True)]

    def from_autoregression(self, coefficients, noise):
        """The point with the trend line as its mean."""
        level, slope = self._trend_line
        return Point(np.ascontiguousarray(coefficients), level, slope, np.linalg.cholesky(checked_noise(noise)))

    # ------------------------------------------------------------ the account

    def objective(self, point):
        """Exact log-likelihood in the units of the data."""
        rows, p = self.rows, self.order
        found = self._windows or anchored(self._second, rows, p, equations(point, rows))
        value = conditional(point, rows, found)[0]
        if self.is_stationary and p:
            value += stationary_start(point, rows, beginnings(rows, p))[0]
        return value - rows.log_scale_total()


def checked_noise(noise):
    """`noise`, or `FitError` when it is singular."""
    scale = np.sqrt(np.maximum(np.diagonal(noise), 0.0))
    small = np.flatnonzero(~(scale**2 > _OWN_NOISE))
    own = 0.0
    if not small.size:
        try:
            own = float((np.diagonal(np.linalg.cholesky(noise / scale[:, None] / scale)) ** 2).min())
        except np.linalg.LinAlgError:
            own = 0.0
    if not own > _OWN_NOISE:
        which = f"column {small[0]}" if small.size else "a combination of columns"
        raise FitError(
            f"the noise covariance is singular: {which} is predicted without error, so the likelihood has no bound; "
            f"leave out a column that is a function of the past or of other columns, or use a lower order"
        )
    return noise
