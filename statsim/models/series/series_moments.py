"""Second moments of a set of sequences: those of whole windows, and of the first values of each sequence."""

from dataclasses import dataclass

import numpy as np

from statsim.kernels.series.moments import residual_moments, window_moments
from statsim.models.series.companion_form import companion_form


@dataclass(frozen=True)
class Windows:
    """Weighted sums over windows w: `count`, `second` = sum of w w'; about the equations `anchor` also e w' and e e'.

    The sums about the anchor are taken from the data, so that residuals near it do not suffer cancellation.
    """

    count: float
    second: np.ndarray
    anchor: np.ndarray
    cross: np.ndarray
    squares: np.ndarray

    def residual(self, equations):
        """Sums of e w' and e e' for e = equations w."""
        move = equations - self.anchor
        cross = self.cross + move @ self.second
        half = move @ self.cross.T
        return cross, self.squares + half + half.T + move @ self.second @ move.T

    def plus(self, second, count):
        """With the sum `second` of further windows, about no anchor."""
        e = self.anchor
        return Windows(self.count + count, self.second + second, e, self.cross + e @ second, self.squares + e @ second @ e.T)


@dataclass(frozen=True)
class Beginning:
    """Weighted sums over beginnings of `steps` values from step number `first` on: `second` of (1, y_first, y_first+1, ...)."""

    first: int
    steps: int
    count: float
    second: np.ndarray


def windows(rows, p):
    """`Windows` of `Prepared` without missing values, about no anchor."""
    k = rows.values.shape[1]
    q = 2 + (p + 1) * k
    second = np.zeros((q, q))
    count = window_moments(rows.values, rows.offsets, rows.weights, p, rows.history, rows.origin, rows.unit, second)
    return Windows(count, second, np.zeros((k, q)), np.zeros((k, q)), np.zeros((k, k)))


def anchored(found, rows, p, equations):
    """The `Windows` `found` of `rows`, about `equations`."""
    anchor, cross, squares = np.ascontiguousarray(equations), np.zeros_like(found.cross), np.zeros_like(found.squares)
    residual_moments(rows.values, rows.offsets, rows.weights, p, rows.history, rows.origin, rows.unit, anchor, cross, squares)
    return Windows(found.count, found.second, anchor, cross, squares)


def beginnings(rows, p):
    """The `Beginning`s of sequences with the stationary start, by length."""
    if len(rows.history) or not p:
        return []
    lengths, found = np.minimum(np.diff(rows.offsets), p), []
    for steps in np.unique(lengths):
        which = np.flatnonzero(lengths == steps)
        first = rows.values[(rows.offsets[which][:, None] + np.arange(steps)).ravel()].reshape(len(which), -1)
        terms = np.concatenate([np.ones((len(which), 1)), first], axis=1)
        found.append(Beginning(1, int(steps), float(rows.weights[which].sum()), (terms * rows.weights[which][:, None]).T @ terms))
    return found


def expected(values, weight, law, rows):
    """Moments of one sequence with missing values, expected under `law` given those known.

    Returns
    -------
    second : ndarray (q, q), count : float
        Of its windows: all steps, those before the first included where the start is stationary.
    beginning : Beginning or None
    log_density : float
        Of the values known.
    """
    p, k, n = law.order, law.width, len(values)
    smoothed, known = companion_form(law, lags=p + 1).smoothed(values)
    order = np.arange((p + 1) * k).reshape(p + 1, k)[::-1].ravel()  # the state has the newest first
    means, spread = smoothed.means[:, order], smoothed.covariances[:, order][:, :, order]
    time = (np.arange(1, n + 1) - rows.origin) / rows.unit
    terms = np.concatenate([np.ones((n, 1)), time[:, None], means], axis=1)
    second = terms.T @ terms
    second[2:, 2:] += spread.sum(axis=0)
    beginning = None
    if law.initial is None and p:
        start = np.concatenate([[1.0], means[0, : p * k]])
        first = np.outer(start, start)
        first[1:, 1:] += spread[0, : p * k, : p * k]
        beginning = Beginning(1 - p, p, weight, weight * first)
    return weight * second, weight * n, beginning, weight * float(known.densities.sum())
