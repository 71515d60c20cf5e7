r"""Data for which the likelihood has no maximum: a direction in which the coefficients may grow for ever.

For responses 0 and 1, a direction d with :math:`s_i x_i^T d \ge 0` in all rows and not 0 in all, s the sign of the response (A. Albert, J. Anderson, Biometrika 71, 1984),
found by linear programming (K. Konis, DPhil thesis, Oxford 2007). For counts, one with :math:`x_i^T d = 0` where the count is above 0 and :math:`\le 0` where it is 0
(S. Correia, P. Guimaraes, T. Zylkin, arXiv:1903.01633).
"""

import numpy as np

from statsim.errors import ArgumentError, FitError
from statsim.kernels.regression.families import BERNOULLI

FAR = 20.0
"""A linear predictor beyond this asks for the check of separation: chances of 2e-9."""

_TOLERANCE = 1e-7  # of a row of length one: HiGHS keeps its conditions to this
_REMEDY = "; give the coefficients a prior (method='map' or 'bayes'), or a penalty: MAP(penalty=statsim.penalties.Ridge(0.01))"


def refuse_one_value(data, family):
    """Raise `ArgumentError` where all responses (of rows with weight) are one class, or no count is above 0."""
    if family.code == BERNOULLI and data.y.min() == data.y.max():
        raise ArgumentError(f"all rows of positive weight are of one class (the {'second' if data.y[0] else 'first'}): the likelihood has no maximum{_REMEDY}")
    if family.code != BERNOULLI and not data.y.any():
        raise ArgumentError(f"all counts of y are 0: the likelihood has no maximum, the mean goes to 0{_REMEDY}")


def refuse_separation(data, family, coordinates):
    """Raise `FitError` where the likelihood has no maximum, naming the columns at work."""
    rows = coordinates.rows / np.linalg.norm(coordinates.rows, axis=1, keepdims=True).clip(1e-300)
    if family.code == BERNOULLI:
        gains, still = rows * (2 * data.y - 1)[:, None], rows[:0]
    else:
        gains, still = -rows[data.y == 0], rows[data.y > 0]
    direction = _direction(gains, still)
    if direction is not None:
        complete = family.code == BERNOULLI and _margin(gains) > 10 * _TOLERANCE
        raise FitError(_message(data, family, complete, gains @ direction, coordinates.turn @ direction) + _REMEDY)


def _direction(gains, still):
    """d in the unit box with gains @ d >= 0, still @ d = 0 and the largest sum of gains; None where that is 0."""
    from scipy.optimize import linprog

    p = gains.shape[1]
    equal = {"A_eq": still, "b_eq": np.zeros(len(still))} if len(still) else {}
    found = linprog(-gains.sum(axis=0), A_ub=-gains, b_ub=np.zeros(len(gains)), bounds=[(-1, 1)] * p, method="highs", **equal)
    if found.status != 0 or not (gains @ found.x).max(initial=0.0) > 10 * _TOLERANCE:
        return None
    return found.x


def _margin(gains):
    """The largest least gain of a direction in the unit box."""
    from scipy.optimize import linprog

    n, p = gains.shape
    found = linprog(np.append(np.zeros(p), -1.0), A_ub=np.column_stack([-gains, np.ones(n)]), b_ub=np.zeros(n), bounds=[(-1, 1)] * (p + 1), method="highs")
    return found.x[-1] if found.status == 0 else 0.0


def _message(data, family, complete, gains, coefficients):
    d = data.X.shape[1]
    sizes = np.abs(coefficients[:d]) * np.ptp(data.X, axis=0)
    columns = [data.column(int(j)) for j in np.argsort(-sizes) if sizes[j] > 1e-5 * sizes.max()] or ["the intercept"]
    shown = ", ".join(columns[:8]) + (f" and {len(columns) - 8} more" if len(columns) > 8 else "")
    apart, n = int((gains > 10 * _TOLERANCE).sum()), len(data.y)
    if family.code != BERNOULLI:
        return f"all counts are 0 where {shown} would let the mean go to 0 (separation): {apart} of {n} rows, and the likelihood has no maximum"
    kind = f"completely separated by {shown}" if complete else f"partly separated by {shown} (quasi-complete separation): {apart} of {n} rows"
    return f"the two classes of y are {kind}; the likelihood has no maximum, the coefficients grow for ever"
