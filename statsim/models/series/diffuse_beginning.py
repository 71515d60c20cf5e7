"""The first steps of a sequence whose first state has infinite variance, and how they join the ordinary filter and smoother."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.series.diffuse import diffuse_filter
from statsim.kernels.series.diffuse_smoother import diffuse_smooth
from statsim.kernels.series.products import add_congruence
from statsim.kernels.series.semidefinite import rounded_factor
from statsim.models.series.state_laws import Filtered, Smoothed, sure_value


@dataclass(frozen=True)
class Beginning:
    """The first steps of a sequence under a first state of infinite variance, and the ordinary `model` of what comes after.

    Attributes
    ----------
    start : LinearGaussian
    values : ndarray (n, k)
        All of the sequence.
    means, covariances : ndarray (steps + 1, m), (steps + 1, 2, m, m)
    filtered_means, filtered_covariances : ndarray (steps, m), (steps, 2, m, m)
    innovations, densities : ndarray (steps, k), (steps,)
    """

    start: Any
    values: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    filtered_means: np.ndarray
    filtered_covariances: np.ndarray
    innovations: np.ndarray
    densities: np.ndarray

    @classmethod
    def of(cls, start, values):
        """Run `diffuse_filter`."""
        values = np.ascontiguousarray(values)
        (n, k), m = values.shape, start.shape[1]
        arrays = [np.empty(shape) for shape in ((n + 1, m), (n + 1, 2, m, m), (n, m), (n, 2, m, m), (n, k), (n,))]
        steps, bad = diffuse_filter(values, *start.symbols, start.initial_diffuse, *arrays)
        if bad >= 0:
            raise sure_value(bad)
        return cls(start, values, *(array[: steps + extra] for array, extra in zip(arrays, (1, 1, 0, 0, 0, 0), strict=True)))

    @property
    def steps(self):
        """Steps until nothing was infinite, or all."""
        return len(self.densities)

    def after(self):
        """The model of what follows the sequence; its first state still has infinite variance where the sequence does not determine it."""
        infinite = self.covariances[-1, 1]
        model = replace(
            self.start, initial_mean=self.means[-1], initial_covariance=semidefinite(self.covariances[-1, 0]), initial_diffuse=infinite if infinite.any() else None
        )
        rest = self.values[self.steps :]
        return model.after(rest) if len(rest) else model

    def _ordinary(self):
        """The model of the steps after, with any first state that has a variance: its values are missing where none is left."""
        return replace(self.start, initial_mean=self.means[-1], initial_covariance=semidefinite(self.covariances[-1, 0]), initial_diffuse=None)

    def followed(self, *, keep):
        """`Filtered` of all steps; infinite variances stand as such."""
        rest = self._ordinary().filtered(self.values[self.steps :], keep=keep)
        (k, m), first = self.start.shape, self.steps if keep else 0
        return Filtered(
            np.concatenate([self.means[:-1], rest.means]),
            np.concatenate([with_infinity(self.covariances[:first]), with_infinity(self.covariances[-1:]) if self.covariances[-1, 1].any() else rest.covariances]),
            np.concatenate([self.filtered_means, rest.filtered_means]),
            np.concatenate([with_infinity(self.filtered_covariances[:first]), rest.filtered_covariances]),
            np.concatenate([np.full((first, m, k), np.nan), rest.gains]),
            np.concatenate([np.full((first, k, k), np.nan), rest.precisions]),
            np.concatenate([self.innovations, rest.innovations]),
            np.concatenate([self.densities, rest.densities]),
        )

    def smoothed(self):
        """`Smoothed` of all steps, and `Filtered`."""
        if self.covariances[-1, 1].any():
            raise ArgumentError("the sequence does not determine every state whose first variance is infinite (initial_diffuse); give more steps, or an initial_covariance")
        model, rest = self._ordinary(), self.values[self.steps :]
        later, (r, N) = model.smoothed_back(rest, model.filtered(rest))
        means, spread = _smoothed_back(self, r, N)
        lagged = np.concatenate([self._lagged(r, N)[: len(self.values) - 1], later.lagged])
        return Smoothed(np.concatenate([means, later.means]), np.concatenate([spread, later.covariances]), lagged), self.followed(keep=True)

    def _lagged(self, r, N):
        """Covariances (steps, m, m) of the states t + 1 and t: from the model whose state holds both."""
        m = self.start.shape[1]
        both = Beginning.of(_with_last_state(self.start), self.values[: self.steps])
        wide_N = np.zeros((2 * m, 2 * m))
        wide_N[:m, :m] = N
        _, spread = _smoothed_back(both, np.concatenate([r, np.zeros(m)]), wide_N)
        ahead = both.covariances[-1, 0]
        return np.concatenate([spread[1:, :m, m:], [(np.eye(m) - ahead[:m, :m] @ N) @ ahead[:m, m:]]])


def _smoothed_back(beginning, r, N):
    """Smoothed means and covariances of the first steps, from r (m,) and N (m, m) of the step after them."""
    (_, m), n = beginning.start.shape, beginning.steps
    means, spread = np.empty((n, m)), np.empty((n, m, m))
    T, Z, _, H, _, d, _, _ = beginning.start.symbols
    diffuse_smooth(beginning.values[:n], T, Z, H, d, beginning.means, beginning.covariances, r, N, means, spread)
    return means, spread


def _with_last_state(model):
    """The same law of values; its state is that of a step and that of the step before."""
    T, Z, Q, H, c, d, a1, P1 = model.symbols
    m = len(T)
    nothing, unit = np.zeros((m, m)), np.eye(m)
    return replace(
        model, transition=np.block([[T, nothing], [unit, nothing]]), observation=np.concatenate([Z, np.zeros(Z.shape)], axis=1),
        state_covariance=np.block([[Q, nothing], [nothing, nothing]]), state_intercept=np.concatenate([c, np.zeros(m)]),
        initial_mean=np.concatenate([a1, np.zeros(m)]), initial_covariance=np.block([[P1, nothing], [nothing, nothing]]),
        initial_diffuse=np.block([[model.initial_diffuse, nothing], [nothing, nothing]]),
    )  # fmt: skip


def with_infinity(pairs):
    """Covariances (n, m, m) of P_* and P_infinity (n, 2, m, m)."""
    return np.where(pairs[:, 1] > 0, np.inf, np.where(pairs[:, 1] < 0, -np.inf, pairs[:, 0]))


def semidefinite(matrix):
    """A covariance with what rounding left below zero taken away."""
    scale = np.diagonal(matrix).copy()
    factor, out = np.empty(matrix.shape), np.zeros(matrix.shape)
    rounded_factor(np.ascontiguousarray(matrix), np.maximum(scale, 0.0), factor)
    add_congruence(factor, np.eye(len(scale)), np.empty(matrix.shape), out)
    return out
