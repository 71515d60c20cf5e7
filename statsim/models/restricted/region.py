"""A region of rows: bounds of columns, linear constraints, and a predicate that the user wrote."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True)
class Region:
    """Where low <= rows @ x <= high, and `predicate` holds.

    Attributes
    ----------
    rows : (m, d), low, high : (m,)
        low = high is an equality.
    predicate : callable or None
        Maps rows (n, d) to truth values (n,).
    """

    rows: np.ndarray
    low: np.ndarray
    high: np.ndarray
    predicate: Callable | None = None

    @property
    def is_linear(self):
        """True when bounds and linear constraints are all there is."""
        return self.predicate is None

    def holds(self, X):
        """Truth (n,) of the predicate at the rows X (n, d).

        Raises
        ------
        ArgumentError
            When it returns anything but n truth values.
        """
        if self.predicate is None:
            return np.ones(len(X), bool)
        answer = np.asarray(self.predicate(X))
        if answer.shape != (len(X),) or answer.dtype.kind != "b":
            raise ArgumentError(
                f"predicate must map rows of shape {X.shape} to {len(X)} truth values, it returned {answer.dtype} of shape {answer.shape}; "
                f"write it for arrays: lambda X: X[:, 0] > 1"
            )
        return answer


def region_of(predicate, bounds, linear, *, column, n_features):
    """The region that the arguments of `where` describe; `column(name)` is the number of a column.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if predicate is not None and not callable(predicate):
        raise ArgumentTypeError(f"predicate must be a function of rows (n, d), got {predicate!r}; bounds go to bounds={{column: (low, high)}}")
    if predicate is None and not bounds and linear is None:
        raise ArgumentError("where() needs a predicate, bounds={column: (low, high)} or linear=(A, low, high)")
    parts = [_bound_rows(bounds or {}, column, n_features), _linear_rows(linear, n_features)]
    rows, low, high = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return Region(rows, low, high, predicate)


def _bound_rows(bounds, column, d):
    """Rows (m, d), low and high of {column: (low, high)}."""
    if not isinstance(bounds, dict):
        raise ArgumentTypeError(f"bounds must be a dict {{column: (low, high)}}, got {bounds!r}")
    rows, low, high = np.zeros((len(bounds), d)), np.empty(len(bounds)), np.empty(len(bounds))
    for place, (name, pair) in enumerate(bounds.items()):
        rows[place, column(name)] = 1.0
        try:
            below, above = pair
            low[place], high[place] = -np.inf if below is None else below, np.inf if above is None else above
        except (TypeError, ValueError) as error:
            raise ArgumentTypeError(f"bounds[{name!r}] must be a pair (low, high), None for no bound, got {pair!r}") from error
        if not low[place] < high[place] or low[place] == np.inf or high[place] == -np.inf:
            remedy = "for one value use model.given" if low[place] == high[place] else f"did you mean ({above!r}, {below!r})?"
            raise ArgumentError(f"bounds[{name!r}] must have low below high, got {pair!r}; {remedy}")
    if (rows.sum(axis=0) > 1).any():
        raise ArgumentError(f"bounds names a column twice: {list(bounds)!r}")
    return rows, low, high


def _linear_rows(linear, d):
    """Rows (m, d), low and high of (A, b), (A, low, high) or an object with A, lb and ub."""
    if linear is None:
        return np.zeros((0, d)), np.zeros(0), np.zeros(0)
    if hasattr(linear, "A") and hasattr(linear, "lb"):
        linear = (linear.A, linear.lb, linear.ub)
    if not isinstance(linear, (tuple, list)) or len(linear) not in (2, 3):
        raise ArgumentTypeError(f"linear must be (A, b) for A x = b or (A, low, high) for low <= A x <= high, got {linear!r}")
    A = np.atleast_2d(np.asarray(linear[0], np.float64))
    low, high = (_limit(linear[i], side, len(A)) for i, side in ((1, -np.inf), (-1, np.inf)))
    if A.shape[1] != d or A.ndim != 2 or not np.isfinite(A).all() or not A.any(axis=1).all():
        raise ArgumentError(f"linear: A must be finite with {d} columns and no row of zeros, got {A.tolist()}")
    bad = np.flatnonzero(~(low <= high) | (low == np.inf) | (high == -np.inf))
    if bad.size:
        raise ArgumentError(f"linear: row {bad[0]} has low={low[bad[0]]} and high={high[bad[0]]}; low must not be above high")
    return A, low, high


def _limit(value, otherwise, m):
    """`value`, a number, an array or None, as (m,)."""
    try:
        return np.broadcast_to(np.float64(otherwise if value is None else value), m)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"linear: one limit for each of the {m} rows of A is needed, got {value!r}") from error
