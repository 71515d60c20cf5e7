"""Expected sums of products of states and values, given the known values: the E step of a linear Gaussian state space model."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sums:
    """Weighted expected sums. A vector with a one in front stands for (1, state); `later` and `values` are not augmented.

    Attributes
    ----------
    moves, steps, sequences : float
        Weighted numbers of transitions, of steps and of sequences.
    earlier, across, later : ndarray (1 + m, 1 + m), (m, 1 + m), (m, m)
        Products of states before a transition, of after and before, of after.
    states, crossed, values : ndarray (1 + m, 1 + m), (k, 1 + m), (k, k)
        Products of the states of all steps, of values and states, of values.
    first : ndarray (1 + m, 1 + m)
        Products of first states.
    """

    moves: float
    steps: float
    sequences: float
    earlier: np.ndarray
    across: np.ndarray
    later: np.ndarray
    states: np.ndarray
    crossed: np.ndarray
    values: np.ndarray
    first: np.ndarray

    def plus(self, other):
        """The sums of both."""
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def sums_of(model, values, weight):
    """`Sums` of one sequence and its weighted log-likelihood under `model`, a `LinearGaussian`."""
    smoothed, known = model.smoothed(values)
    means, spread, n = smoothed.means, smoothed.covariances, len(values)
    ones = np.concatenate([np.ones((n, 1)), means], axis=1)
    across = means[1:].T @ ones[:-1]
    across[:, 1:] += smoothed.lagged.sum(axis=0)
    crossed, squares = _with_values(model, values, ones, spread)
    sums = (
        n - 1.0, float(n), 1.0, _products(ones[:-1], spread[:-1]), across, _products(ones[1:], spread[1:])[1:, 1:],
        _products(ones, spread), crossed, squares, _products(ones[:1], spread[:1]),
    )  # fmt: skip
    return Sums(*(weight * part for part in sums)), weight * float(known.densities.sum())


def _products(ones, spread):
    total = ones.T @ ones
    total[1:, 1:] += spread.sum(axis=0)
    return total


def _with_values(model, values, ones, spread):
    """Expected sums of y (1, state)' and of y y'; missing values given the state and the other values of their step."""
    missing = np.isnan(values)
    if not missing.any():
        return values.T @ ones, values.T @ values
    k, m = model.shape
    crossed, squares = np.zeros((k, 1 + m)), np.zeros((k, k))
    patterns, which = np.unique(missing, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(which.ravel() == number)
        load, noise = _completion(model, pattern)
        seen = np.where(pattern, 0.0, values[rows])
        base = seen + (seen - model.observation_intercept) @ _regression(model, pattern).T + np.where(pattern, model.observation_intercept, 0.0)
        state, around = ones[rows], spread[rows].sum(axis=0)
        full = base + state[:, 1:] @ load.T
        crossed += full.T @ state
        crossed[:, 1:] += load @ around
        squares += full.T @ full + load @ around @ load.T + len(rows) * noise
    return crossed, squares


def _regression(model, pattern):
    """Matrix (k, k) that adds to missing values what the noise of the known ones tells."""
    H, out = model.observation_covariance, np.zeros((len(pattern),) * 2)
    gone, seen = np.flatnonzero(pattern), np.flatnonzero(~pattern)
    if gone.size and seen.size:
        out[np.ix_(gone, seen)] = H[np.ix_(gone, seen)] @ np.linalg.pinv(H[np.ix_(seen, seen)], hermitian=True)
    return out


def _completion(model, pattern):
    """Load (k, m) of the state on the missing values, and their covariance (k, k) given state and known values."""
    slope, H = _regression(model, pattern), model.observation_covariance
    load = np.where(pattern[:, None], model.observation, 0.0) - slope @ model.observation
    noise = np.where(np.outer(pattern, pattern), H - slope @ H, 0.0)
    return load, (noise + noise.T) / 2
