"""What laws with independent columns share: checks of tables and counts, pooled means, and means from weighted sums."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, FitError
from statsim.estimators.climb import DegenerateError

_LARGEST_COUNT = 2.0**53
_LEAST_SUPPORT = 1e-10  # steps: a state that stands on less is never visited


def checked_table(value, name, *, maximum, shape=None):
    """`value` as an array (k, d) of numbers from 0 to `maximum`.

    Raises
    ------
    ArgumentError
        Naming the first entry out of range.
    """
    table = checks.data_matrix(value, name)
    if shape is not None and table.shape != shape:
        raise ArgumentError(f"{name} must have shape {shape}, one row for each state, got {table.shape}")
    bad = np.argwhere((table < 0) | (table > maximum))
    if bad.size:
        place = [int(i) for i in bad[0]]
        raise ArgumentError(f"{name} must lie between 0 and {maximum:g}, got {name}{place} = {table[tuple(place)]}")
    return table


def check_counts(values, name):
    """Raise unless all `values` (n, d) but NaN are counts 0, 1, 2, ...

    Raises
    ------
    ArgumentError
        Naming the first that is not.
    """
    bad = np.argwhere((values < 0) | (values > _LARGEST_COUNT) | ((values != np.floor(values)) & ~np.isnan(values)))
    if bad.size:
        place = [int(i) for i in bad[0]]
        raise ArgumentError(f"{name} must hold counts 0, 1, 2, ..., got {values[tuple(place)]:g} in row {place[0]}, column {place[1]}")


def pooled_means(values):
    """Means (d,) of what was observed.

    Raises
    ------
    FitError
        For a column of which nothing was.
    """
    seen = ~np.isnan(values)
    unseen = np.flatnonzero(~seen.any(axis=0))
    if unseen.size:
        raise FitError(f"column {int(unseen[0])} of X has no observed value; leave it out")
    return np.where(seen, values, 0.0).sum(axis=0) / seen.sum(axis=0)


def weighted_means(zeroth, first):
    """first / zeroth (k, d).

    Raises
    ------
    DegenerateError
        For a state without steps.
    """
    bad = np.argwhere(~(zeroth > _LEAST_SUPPORT))
    if bad.size:
        state, column = (int(i) for i in bad[0])
        never = not (zeroth[state] > _LEAST_SUPPORT).any()
        raise DegenerateError(f"state {state} is never visited" if never else f"state {state} has no observed value in column {column}")
    return first / zeroth


def column_sums(law):
    """Zeros (k, d) for the weights of a law's states and for the weighted sums."""
    return np.zeros(law.shape), np.zeros(law.shape)
