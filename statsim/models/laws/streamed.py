"""The values that a law is fitted to, gathered from batches: counts of different values, and a summary where those become too many.

Up to `MAX_DISTINCT` different values every law of one number has exactly the observations it would have had in memory. Beyond, a law
that has a `_summary` goes on with that; another cannot, and says so.
"""

from dataclasses import dataclass, field

import numpy as np

from statsim.errors import ArgumentError, TooLargeError
from statsim.models.laws.observations import Observations

MAX_DISTINCT = 2**18


@dataclass(frozen=True)
class SummarisedObservations(Observations):
    """Two values that stand for many, with the mean and sum of squares of the many to their last digits."""

    mean: float = field(default=0.0, kw_only=True)
    squares: float = field(default=0.0, kw_only=True)


def gather(batches, kind, check, *, max_distinct=MAX_DISTINCT):
    """Observations of `Batches` of one column.

    Parameters
    ----------
    batches : statsim.tables.batches.Batches
    kind : class
        The law: `_summary` is its `Summary`, or None.
    check : callable
        Raises for values (m,) outside the support.
    max_distinct : int

    Returns
    -------
    Observations

    Raises
    ------
    ArgumentError
    TooLargeError
        For more than `max_distinct` different values and a law without a summary.
    """
    counts, summary = _Counts(max_distinct), kind._summary
    plain = _Summed(summary) if summary is not None else None
    for X, weights in batches.chunks():
        if X.shape[1] != 1:
            raise ArgumentError(f"the batches have {X.shape[1]} columns, and a law of one number takes one; choose it with Batches(..., columns=['name'])")
        values = np.ascontiguousarray(X[:, 0])
        check(values)
        counts.add(values, weights)
        if counts.overflowed and plain is None:
            raise TooLargeError(
                f"the batches hold more than {max_distinct} different values, and a {kind.__name__} has no summary of fewer; round them, or fit a sample of the rows"
            )
        if plain is not None:
            plain.add(values, weights)
    return plain.observations() if counts.overflowed else counts.observations()


class _Counts:
    """Different values and their weights, given up when there are too many."""

    def __init__(self, most):
        self._most, self.overflowed = most, False
        self._values, self._weights = np.empty(0), np.empty(0)

    def add(self, values, weights):
        if self.overflowed:
            return
        kept = weights > 0
        values, weights = np.concatenate([self._values, values[kept] + 0.0]), np.concatenate([self._weights, weights[kept]])
        self._values, inverse = np.unique(values, return_inverse=True)
        self._weights = np.bincount(inverse, weights=weights, minlength=len(self._values))
        if len(self._values) > self._most:
            self.overflowed, self._values, self._weights = True, None, None

    def observations(self):
        return Observations(self._values, self._weights)


class _Summed:
    """The summary of a law and, for its formulas, the mean and squares of the values themselves."""

    def __init__(self, summary):
        self._summary, self._moments = summary, summary.begin()

    def add(self, values, weights):
        self._summary.add(self._moments, values, weights)

    def observations(self):
        moments = self._moments
        values = self._summary.values(moments)
        return SummarisedObservations(values, np.full(2, moments.weight / 2), mean=float(moments.mean[0]), squares=float(moments.scatter[0, 0]))
