"""The steps that online EM asks of a Gaussian mixture.

Statistics are the share of each component with the mean and scatter of its rows about that mean, so that blending two is the merging of Chan, Golub,
LeVeque (1983): a narrow component far from the centre loses no digits.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from statsim.distributions.covariance import CovarianceKind
from statsim.distributions.covariance.kind import padded
from statsim.errors import ArgumentError
from statsim.estimators.climb import DegenerateError
from statsim.kernels.mixture.em import centre_moments
from statsim.models.mixture.defects import find_defect
from statsim.models.mixture.rows import MixtureRows
from statsim.models.mixture.steps import MixtureState, MixtureSteps, tile_sums
from statsim.models.mixture.streamed import heavy, tiles_of

_LOG_2PI = float(np.log(2 * np.pi))
_LEAST_SHARE = 1e-12


class MixtureStatistics(NamedTuple):
    """Of each component: its share of the rows (k,), their mean (k, d), and share times covariance, (k, p, p) or (k, 1, d)."""

    shares: np.ndarray
    means: np.ndarray
    scatters: np.ndarray


@dataclass(frozen=True)
class OnlineMixtureSteps:
    """Online EM of a mixture with `k` components and covariances of `kind`.

    `rows` are a sample of the data and their units; `chunks` begins a pass over (X, weights); `batch_rows` are the rows of a step; `n_rows` is how many the defects of a
    state are judged by.
    """

    rows: MixtureRows
    kind: CovarianceKind
    k: int
    chunks: Any
    batch_rows: int
    n_rows: float

    @cached_property
    def sample(self):
        """The steps of a search on the sample."""
        return MixtureSteps(self.rows, self.kind, self.k)

    def batches(self):
        """Tiles and tile weights of the batches of one pass."""
        for X, weights in self.chunks():
            X, weights = heavy(X, weights)
            self._check_constants(X)
            for start in range(0, len(X), self.batch_rows):
                stop = start + self.batch_rows
                yield tiles_of(self.rows, X[start:stop], weights[start:stop])

    def statistics(self, state):
        """Shares, means and scatters of a state."""
        k, d = state.means.shape
        dense = self.kind.dense(state.covariances, k, d) * state.weights[:, None, None]
        if self.kind.diagonal:
            return MixtureStatistics(state.weights, state.means, np.diagonal(dense, axis1=1, axis2=2)[:, None, :].copy())
        scatters = np.zeros((k, padded(d), padded(d)))
        scatters[:, :d, :d] = dense
        return MixtureStatistics(state.weights, state.means, scatters)

    def expect(self, state, batch):
        """Mean log-likelihood of a row in the units of the data, weight, and statistics of one batch."""
        k, d = state.means.shape
        factors, log_determinants = self.kind.factors(state.covariances, k, d)
        constants = np.log(state.weights) + log_determinants - 0.5 * d * _LOG_2PI
        objective, zeroth, first, second = tile_sums(*batch, np.ascontiguousarray(state.means), factors, constants)
        weight = float(batch[1].sum())
        zeroth = np.maximum(zeroth, _LEAST_SHARE * weight)
        centre_moments(zeroth, first, second, d)
        statistics = MixtureStatistics(zeroth / weight, state.means + first / zeroth[:, None], second / weight)
        return objective / weight - float(np.log(self.rows.scale).sum()), weight, statistics

    def blend(self, old, new, share):
        """Statistics of which `share` are `new`."""
        a, b = (1.0 - share) * old.shares, share * new.shares
        shares, gap = a + b, new.means - old.means
        scatters = (1.0 - share) * old.scatters + share * new.scatters
        between, d = a * b / shares, gap.shape[1]
        if self.kind.diagonal:
            scatters[:, 0, :] += between[:, None] * gap**2
        else:
            scatters[:, :d, :d] += between[:, None, None] * gap[:, :, None] * gap[:, None, :]
        return MixtureStatistics(shares, old.means + (b / shares)[:, None] * gap, scatters)

    def maximise(self, statistics):
        """The state of statistics; raises `DegenerateError` where it has no likelihood."""
        k, d = statistics.means.shape
        if not statistics.shares.min() > _LEAST_SHARE:
            raise DegenerateError("a component lost all its rows")
        covariances = self.kind.estimate(statistics.shares, statistics.scatters, d)
        if self.kind.factors(covariances, k, d) is None:
            raise DegenerateError("a covariance became singular")
        return MixtureState(statistics.shares / statistics.shares.sum(), statistics.means, covariances)

    def mixed(self, old, new, share):
        """The parameters between two states."""
        return MixtureState(*((1.0 - share) * a + share * b for a, b in zip(old, new, strict=True)))

    def defect(self, state):
        """What makes a state spurious, in words, or None."""
        return find_defect(self.kind, state, state.weights * self.n_rows)

    def _check_constants(self, X):
        constant = np.setdiff1d(np.arange(self.rows.n_features), self.rows.columns)
        if not constant.size:
            return
        wrong = np.argwhere(X[:, constant] != self.rows.constant_values[constant])
        if wrong.size:
            row, column = wrong[0][0], constant[wrong[0][1]]
            raise ArgumentError(
                f"column {column} of X was {self.rows.constant_values[column]:g} in all rows that the fit began with, and is {X[row, column]:g} now; begin with more rows, in a random "
                f"order, or leave the column out"
            )
