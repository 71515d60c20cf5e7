"""Rows prepared for the fit of a mixture: sorted, merged, centred and scaled without rounding where that can be.

A fit sees the multiset of weighted rows and nothing else: rows are sorted and equal rows merged, so their order does not
matter and weight 2 is the row twice. Columns are centred at one of their own values and divided by a power of two, so a
dyadic change of units or an exact shift leaves every bit of the fit's arithmetic the same.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim.errors import FitError

_MAX_EXPONENT = 505  # a variance must stay a normal double


@dataclass(frozen=True)
class MixtureRows:
    """Distinct rows (n, d) in standard units, their weights, and the way back.

    Attributes
    ----------
    values : (n, d)
        Missing values are zero.
    weights : (n,)
    starts : (G + 1,), observed : (G, d)
        Rows `starts[g]` to `starts[g + 1]` have the columns `observed[g]`.
    columns : (d,) int
        Which columns of the data these are; the others are constant.
    centre, scale : (d,)
    n_features : int
    constant_values : (n_features,)
        The value of each constant column, 0 elsewhere.
    """

    values: np.ndarray
    weights: np.ndarray
    starts: np.ndarray
    observed: np.ndarray
    columns: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    n_features: int
    constant_values: np.ndarray

    @cached_property
    def complete(self):
        """True when nothing is missing."""
        return bool(self.observed.all())

    @property
    def log_scale_offset(self):
        """What the log-likelihood in standard units lacks to be in the data's units."""
        mass = np.add.reduceat(self.weights, self.starts[:-1])
        return -float((mass @ self.observed) @ np.log(self.scale))


def prepare(X, sample_weight, *, one_scale):
    """Prepare `X` (n_samples, n_features), NaN where missing.

    Parameters
    ----------
    sample_weight : (n_samples,) or None
    one_scale : bool
        Give all columns the same scale (a spherical covariance knows only one).

    Raises
    ------
    FitError
        When a column was never observed, or its variance is not a double.
    """
    n_features = X.shape[1]
    X, weights = _used(X, sample_weight)
    X, weights, observed = _sorted_and_merged(X, weights)
    centre = np.array([_middle(X[:, j], observed[:, j], j) for j in range(n_features)])
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.where(observed, X - centre, 0.0)
    scale = np.array([_power_of_two(values[:, j], observed[:, j], j) for j in range(n_features)])
    columns = np.flatnonzero(scale > 0)
    if one_scale and columns.size:
        scale[columns] = scale.max()
    starts, patterns = _patterns(observed)
    return MixtureRows(
        values=np.ascontiguousarray(values[:, columns] / scale[columns]),
        weights=weights,
        starts=starts,
        observed=np.ascontiguousarray(patterns[:, columns]),
        columns=columns,
        centre=centre[columns],
        scale=scale[columns],
        n_features=n_features,
        constant_values=np.where(scale > 0, 0.0, centre),
    )


def _used(X, sample_weight):
    """Rows that say something: a positive weight and a value observed."""
    keep = ~np.isnan(X).all(axis=1)
    if sample_weight is not None:
        keep &= sample_weight > 0
    weights = np.ones(len(X)) if sample_weight is None else sample_weight
    if not keep.any():
        raise FitError("X has no row with a positive sample_weight and an observed value; nothing can be fitted")
    return X[keep] + 0.0, weights[keep]  # + 0.0 turns -0.0 into 0.0


def _sorted_and_merged(X, weights):
    """Distinct rows in the order of (pattern, values), the sums of their weights, and what is observed."""
    observed = ~np.isnan(X)
    X = np.where(observed, X, 0.0)
    order = _row_order(X, observed)
    X, observed, weights = X[order], observed[order], weights[order]
    new = np.ones(len(X), bool)
    new[1:] = (X[1:] != X[:-1]).any(axis=1) | (observed[1:] != observed[:-1]).any(axis=1)
    return X[new], np.add.reduceat(weights, np.flatnonzero(new)), observed[new]


def _row_order(X, observed):
    first = np.argsort(X[:, 0], kind="stable")
    if observed.all() and (np.diff(X[first, 0]) > 0).all():
        return first  # the first column alone decides: many times faster than a full sort
    return np.lexsort((*X.T[::-1], *observed.T[::-1]))


def _patterns(observed):
    change = np.flatnonzero((observed[1:] != observed[:-1]).any(axis=1)) + 1
    starts = np.concatenate([[0], change])
    return np.append(starts, len(observed)).astype(np.int64), observed[starts]


def _middle(column, observed, index):
    """The lower median of the distinct rows: one of the column's own values."""
    values = column[observed]
    if values.size == 0:
        raise FitError(f"column {index} of X has no observed value; leave it out")
    middle = (values.size - 1) // 2
    return np.partition(values, middle)[middle]


def _power_of_two(centred, observed, index):
    """A power of two near the column's spread; 0 for a constant column."""
    sizes = np.abs(centred[observed])
    largest = sizes.max()
    if largest == 0:
        return 0.0
    place = 3 * (sizes.size - 1) // 4
    spread = np.partition(sizes, place)[place] or largest
    if not (math.isfinite(largest) and _in_range(largest) and _in_range(spread)):
        raise FitError(
            f"column {index} of X spreads over {largest:g}: its variance is outside the range of double precision; "
            f"divide the column by its spread first"
        )
    return math.ldexp(1.0, _exponent(spread))


def _exponent(value):
    return math.frexp(value)[1] - 1


def _in_range(value):
    return abs(_exponent(value)) <= _MAX_EXPONENT
