"""How two columns hang together in both tables: one strength on a common scale, its difference, one test."""

from dataclasses import dataclass

import numpy as np

from statsim.metrics.columns import ColumnPair
from statsim.metrics.correlation import correlation_difference, rank_correlation
from statsim.metrics.correlation_ratio import correlation_ratio, group_difference
from statsim.metrics.cramers_v import association_difference, cramers_v
from statsim.metrics.score import Score

_MOST_LEVELS = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """Strength in the real and the synthetic table: rank correlation, correlation ratio or Cramer's V.

    Parameters
    ----------
    first, second : ColumnPair
        In a mixed pair `first` is the numeric one.
    measure : {"rank correlation", "correlation ratio", "Cramer's V"}
    real, synthetic : float
        NaN where undefined.
    real_error, synthetic_error : float
        Standard errors.
    difference : Score
        Synthetic minus real, with its test.
    """

    first: ColumnPair
    second: ColumnPair
    measure: str
    real: float
    synthetic: float
    real_error: float
    synthetic_error: float
    difference: Score


def pair(first, second, *, rng=0):
    """Compare one pair of columns (numeric or categorical, not identifiers)."""
    if first.kind == second.kind == "numeric":
        return _pair(first, second, "rank correlation", rank_correlation, correlation_difference)
    if first.kind == second.kind == "categorical":
        tables = contingency(first, second)
        strengths = [cramers_v(table) for table in tables]
        difference = association_difference(*tables, rng=rng)
        (a, a_error), (b, b_error) = strengths
        return Pair(first, second, "Cramer's V", a, b, a_error, b_error, difference)
    if first.kind == "categorical":
        first, second = second, first
    return _pair(first, second, "correlation ratio", correlation_ratio, group_difference)


def _pair(first, second, measure, strength, compare):
    tables = (first.real, second.real), (first.synthetic, second.synthetic)
    (a, a_error, _), (b, b_error, _) = (strength(*table) for table in tables)
    return Pair(first, second, measure, a, b, a_error, b_error, compare(*tables))


def contingency(first, second):
    """Counts of the real and the synthetic table; beyond twelve levels the rest (they come by frequency) is one."""
    rows, columns = (min(len(c.categories), _MOST_LEVELS) for c in (first, second))
    tables = []
    for a, b in ((first.real, second.real), (first.synthetic, second.synthetic)):
        both = (a >= 0) & (b >= 0)
        cell = np.minimum(a[both], rows - 1) * columns + np.minimum(b[both], columns - 1)
        tables.append(np.bincount(cell, minlength=rows * columns).reshape(rows, columns))
    return tables
