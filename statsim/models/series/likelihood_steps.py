"""What a climb of the exact likelihood asks of an autoregression: the value and its gradient, with missing values or without."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError
from statsim.estimators.least_squares import LeastSquares
from statsim.estimators.yule_walker import YuleWalker
from statsim.models.series.autoregressive_steps import AutoregressiveSteps, NotStationaryError
from statsim.models.series.chart import Chart
from statsim.models.series.exact_likelihood import conditional, equations, stationary_start
from statsim.models.series.series_moments import anchored, beginnings, expected, windows

_OUTSIDE = -np.inf, None


class LikelihoodSteps:
    """The problem of `AutoregressiveSteps` as a function of a vector, zero at the start; values may be missing.

    `remark` is what a user should know about the data, or None.
    """

    resolution = 1e-11

    def __init__(self, rows, order, trend):
        self.rows, self.order = rows, order
        filled = AutoregressiveSteps(rows.filled(), order, trend)
        self._is_stationary = filled.is_stationary and order > 0
        start, self.remark = _start(filled)
        self.offset = -rows.log_scale_total()
        self._split(rows, start)
        count = float(rows.weights @ np.diff(rows.offsets))
        self._chart = Chart(
            start, self._lag_covariance(start, filled.rows), count,
            located=trend != "n", sloped=trend == "ct", stationary=self._is_stationary,
        )  # fmt: skip

    def _split(self, rows, start):
        """Moments of the sequences without gaps, once and for all; the others as they are."""
        parts = rows.parts()
        gaps = np.array([bool(np.isnan(part.sum())) for part in parts])
        whole = rows.chosen(np.flatnonzero(~gaps)) if gaps.any() else rows
        self._windows = anchored(windows(whole, self.order), whole, self.order, equations(start, rows))
        self._beginnings = beginnings(whole, self.order) if len(whole.weights) else []
        self._gaps = [(parts[i], float(rows.weights[i])) for i in np.flatnonzero(gaps)]

    def _lag_covariance(self, start, filled):
        """Covariance (p k, p k) of the lags, the newest first."""
        p, k = self.order, len(start.location)
        if not p:
            return np.empty((0, 0))
        if self._is_stationary:
            return start.law(self.rows).stationary_covariance()
        found = windows(filled, p)
        order = 2 + np.arange(p * k).reshape(p, k)[::-1].ravel()
        return found.second[np.ix_(order, order)] / found.count

    @property
    def n_coordinates(self):
        return self._chart.size

    def from_vector(self, vector):
        """The point of a vector."""
        return self._chart.at(vector)

    def value_and_gradient(self, vector):
        """Log-likelihood of the standardised values and its gradient; (-inf, None) outside the stationary region."""
        point = self._chart.at(vector)
        if point is None:
            return _OUTSIDE
        found, first, extra = self._windows, list(self._beginnings), 0.0
        if self._gaps:
            completed = self._completed(point)
            if completed is None:
                return _OUTSIDE
            found, first, extra = completed
        value, gradient = conditional(point, self.rows, found)
        if self._is_stationary:
            more, second = stationary_start(point, self.rows, first)
            if second is None:
                return _OUTSIDE
            value, gradient = value + more, _added(gradient, second)
        if self._gaps:
            value = extra
        return value, self._chart.pulled(gradient)

    def _completed(self, point):
        """Windows and beginnings with the expected ones of sequences with gaps, and the log-likelihood of what is known."""
        law = point.law(self.rows)
        if self._is_stationary and not law.is_stationary:
            return None
        found, first = self._windows, list(self._beginnings)
        value = conditional(point, self.rows, found)[0]
        if self._is_stationary and first:
            value += stationary_start(point, self.rows, first)[0]
        for part, weight in self._gaps:
            try:
                second, count, beginning, density = expected(part, weight, law, self.rows)
            except ArgumentError:
                return None
            found = found.plus(second, count)
            value += density
            first += [beginning] if beginning is not None else []
        return found, first, value


def _start(steps):
    """The point of least squares where it is stationary, else of Yule-Walker; and in the second case what to say about it."""
    try:
        return LeastSquares().fit(steps)[0], None
    except NotStationaryError as error:
        remark = (
            f"the data look explosive: for least squares {error.roots}; this is the best law with a stationary start, "
            f"and initial= with the {steps.order} value(s) before the first step fits one without"
        )
        return YuleWalker().fit(steps)[0], remark


def _added(a, b):
    return replace(
        a, coefficients=a.coefficients + b.coefficients, location=a.location + b.location, slope=a.slope + b.slope, factor=a.factor + b.factor
    )
