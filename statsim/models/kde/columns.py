"""What a column of the data can be: real, between bounds, on a circle, or categorical."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True)
class Circular:
    """A column on a circle: `high` is `low` again.

    Parameters
    ----------
    low, high : float
        One period, low <= x < high.

    Examples
    --------
    >>> Circular(0.0, 360.0).period
    360.0
    """

    low: float
    high: float

    def __post_init__(self):
        if not checks.real(self.low, "low") < checks.real(self.high, "high"):
            raise ArgumentError(f"a circle needs low below high, got low={self.low!r}, high={self.high!r}")

    @property
    def period(self):
        """Length of one turn."""
        return self.high - self.low


@dataclass(frozen=True)
class Categorical:
    """A column with finitely many values and no order.

    Parameters
    ----------
    values : tuple of float
        All that can occur, at least two.

    Examples
    --------
    >>> Categorical((0, 1, 2)).values
    (0, 1, 2)
    """

    values: tuple

    def __post_init__(self):
        if isinstance(self.values, str) or not hasattr(self.values, "__iter__"):
            raise ArgumentTypeError(f"Categorical needs all its values, such as Categorical((0, 1, 2)); got {self.values!r}")
        values = tuple(checks.real(value, "a value of Categorical") for value in self.values)
        if len(values) < 2 or len(set(values)) < len(values):
            raise ArgumentError(f"Categorical needs at least two different numbers, got {self.values!r}; code text as numbers first")


@dataclass(frozen=True)
class Interval:
    """A column between bounds, of which one may be infinite."""

    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """A column that may be any number."""


def columns_of(support, *, column, n_features):
    """The kinds (d,) of all columns, a tuple, from {column: (low, high), Circular or Categorical}; `column(name)` is the number of a column.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    kinds = [Line()] * n_features
    if support is None:
        return tuple(kinds)
    if not isinstance(support, dict):
        raise ArgumentTypeError(f"support must be a dict {{column: (low, high), Circular(...) or Categorical(...)}}, got {support!r}")
    named = [column(name) for name in support]
    if len(set(named)) < len(named):
        raise ArgumentError(f"support names a column twice: {list(support)!r}")
    for place, (name, kind) in zip(named, support.items(), strict=True):
        kinds[place] = kind if isinstance(kind, (Circular, Categorical)) else _interval(name, kind)
    return tuple(kinds)


def _interval(name, pair):
    try:
        low, high = pair
        low, high = -np.inf if low is None else float(low), np.inf if high is None else float(high)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"support[{name!r}] must be a pair (low, high), None for no bound, Circular or Categorical; got {pair!r}") from error
    if not low < high:
        raise ArgumentError(f"support[{name!r}] must have low below high, got {pair!r}")
    return Interval(low, high) if np.isfinite(low) or np.isfinite(high) else Line()


def check_column(values, kind, name):
    """Raise where a value cannot occur in a column of that kind.

    Raises
    ------
    ArgumentError
    """
    if isinstance(kind, Interval):
        _refuse(values, (values < kind.low) | (values > kind.high), name, f"lies outside its support ({kind.low}, {kind.high}); remove such rows, or widen support")
    elif isinstance(kind, Circular):
        check_turn(values, kind, name)
    elif isinstance(kind, Categorical):
        check_levels(values, kind, name)


def check_turn(values, kind, name):
    """Raise for an angle that is not in one period."""
    outside = (values < kind.low) | (values >= kind.high)
    _refuse(values, outside, name, f"lies outside the period [{kind.low}, {kind.high}) of Circular; reduce it: low + (x - low) % period")


def check_levels(values, kind, name):
    """Raise for a value that is no category."""
    _refuse(values, ~np.isin(values, kind.values), name, f"is none of the categories {list(kind.values)[:20]}; declare it in Categorical, or remove such rows")


def _refuse(values, bad, name, words):
    if bad.any():
        row = int(np.argmax(bad))
        raise ArgumentError(f"{name}: {float(values[row])!r} in row {row} {words}")


def level_numbers(values, kind):
    """The number (n,), as float, of each value among the categories."""
    table = np.asarray(kind.values, np.float64)
    order = np.argsort(table)
    return order[np.searchsorted(table[order], values)].astype(np.float64)
