"""The steps that maximum likelihood asks of a Gaussian mixture, in standard units."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from statsim.blocks import map_chunks, row_chunks, summed
from statsim.distributions.covariance import CovarianceKind
from statsim.distributions.covariance.kind import padded
from statsim.estimators.climb import DegenerateError
from statsim.kernels.mixture.density import TILE
from statsim.kernels.mixture.em import centre_moments, em_pass, pack_tiles
from statsim.kernels.mixture.missing import em_missing
from statsim.models.mixture.defects import find_defect, least_support
from statsim.models.mixture.rows import MixtureRows
from statsim.models.mixture.starts import MixtureStarts

_CHUNK_TILES = 32  # 4096 rows: a few milliseconds of work
_MAX_CHUNKS = 64
_MANY = 20  # components from which a search that cannot succeed costs minutes
_LOG_2PI = float(np.log(2 * np.pi))


class MixtureState(NamedTuple):
    """Parameters of a mixture: `weights` (k,), `means` (k, d), `covariances` in the shape of their kind."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


@dataclass(frozen=True)
class MixtureSteps:
    """EM of a mixture with `k` components and covariances of `kind` on `rows`.

    `bound` is the least eigenvalue allowed, as a share of the columns' variances; 0 means none. `lenient` takes any state
    that has a likelihood. Where there is a `source`, its sums over batches are those of the E step, and `rows` are a sample.
    """

    rows: MixtureRows
    kind: CovarianceKind
    k: int
    bound: float = 0.0
    bound_reason: str = ""
    lenient: bool = False
    remedy: str = "use fewer components or a simpler covariance_type"
    rounding: float = 0.0
    source: Any = None

    # ------------------------------------------------------------ what the estimator reads

    @cached_property
    def total_weight(self):
        return float(self.rows.weights.sum()) if self.source is None else self.source.total_weight

    @cached_property
    def offset(self):
        return self.rows.log_scale_offset if self.source is None else self.source.offset

    @property
    def is_simple(self):
        """One start is enough: a single component has one optimum."""
        return self.k == 1

    @property
    def is_crowded(self):
        """Many components, on less than twice the rows that they must stand on at the least."""
        n, d = self.rows.values.shape
        return self.k >= _MANY and n < 2 * self.k * least_support(self.kind, d)

    def levels(self):
        """The problem as it is, and then with eigenvalues bounded from below."""
        spurious, flat = "every start ended in a spurious optimum", "the columns are linearly dependent (or the rows too few)"
        singular = self.starts.is_singular
        if not singular:
            yield self
        yield replace(self, bound=1e-6, bound_reason=flat if singular else spurious)
        yield replace(self, bound=1e-2, bound_reason=spurious, lenient=True)

    def reduced(self, max_rows, key):
        """The same problem on a random subsample of at most about `max_rows` rows."""
        rows = self.starts.subsample(max(max_rows, 20 * self.k * (self.rows.values.shape[1] + 1)), key)
        return self if rows is self.rows else replace(self, rows=rows)

    def start(self, index, init, key):
        """State number `index` to start from."""
        weights, means, covariances = self.starts.draw(index, init, key)
        return self._allowed(MixtureState(weights, means, covariances))

    def moved(self, state, index, key):
        """`state` with one component put elsewhere: start number `index`, near a good optimum."""
        return self._allowed(MixtureState(*self.starts.moved(state, index, key)))

    def defect(self, state):
        """What is wrong with a local optimum, in words, or None."""
        if self.lenient:
            return None
        return find_defect(self.kind, state, self._support(state), bounded=self.bound > 0)

    # ------------------------------------------------------------ EM

    def em(self, state):
        """Log-likelihood at `state` and the state after one EM step."""
        objective, zeroth, first, second = self._moments(state, self._tiles)
        if not np.isfinite(objective):
            raise DegenerateError("a covariance became singular")
        if not zeroth.min() > 1e-12 * self.total_weight:
            raise DegenerateError("a component lost all its rows")
        d = first.shape[1]
        centre_moments(zeroth, first, second, d)
        means = state.means + first / zeroth[:, None]
        return objective, self._allowed(MixtureState(zeroth / zeroth.sum(), means, self.kind.estimate(zeroth, second, d)))

    def pack(self, state):
        return np.concatenate([np.log(state.weights), state.means.ravel(), state.covariances.ravel()])

    def unpack(self, vector):
        k, d = self.k, self.rows.values.shape[1]
        logs = vector[:k] - vector[:k].max()
        weights = np.exp(logs)
        covariances = vector[k + k * d :].reshape(self.kind.shape(k, d))
        if not np.isfinite(vector).all() or not (weights > 1e-12).all():
            return None
        state = self._allowed(MixtureState(weights / weights.sum(), vector[k : k + k * d].reshape(k, d), covariances))
        return None if self.kind.factors(state.covariances, k, d) is None else state

    # ------------------------------------------------------------ inside

    @cached_property
    def starts(self):
        return MixtureStarts(self.rows, self.kind, self.k)

    def _allowed(self, state):
        """`state` with its covariances inside the bound."""
        if self.bound == 0.0:
            return state
        return state._replace(covariances=self.kind.bounded(state.covariances, self.bound * self.starts.variances))

    def _support(self, state):
        """Distinct rows (of batches all rows) each component stands on: sums of posterior probabilities, every row counted once."""
        if self.source is not None:
            return replace(self, source=self.source.counted())._moments(state, None)[1]
        if not self.rows.complete:
            return self._moments(state, None, np.ones(len(self.rows.weights)))[1]
        tiles, weights = self._tiles
        return self._moments(state, (tiles, (weights > 0).astype(float)))[1]

    @cached_property
    def _tiles(self):
        values, weights = self.rows.values, self.rows.weights
        n_tiles = -(-len(values) // TILE)
        tiles, tile_weights = np.empty((n_tiles, values.shape[1], TILE)), np.empty((n_tiles, TILE))
        pack_tiles(values, weights, tiles, tile_weights)
        return tiles, tile_weights

    def _moments(self, state, tiles, weights=None):
        """Objective and the sums of r, r x and r x x^T about the means; NaN objective when a covariance is singular."""
        if not self.rows.complete:
            return self._moments_missing(state, self.rows.weights if weights is None else weights)
        k, d = state.means.shape
        built = self.kind.factors(state.covariances, k, d)
        if built is None:
            return np.nan, np.zeros(k), np.zeros((k, d)), np.zeros(self._second_shape(d))
        factors, log_determinants = built
        constants = np.log(state.weights) + log_determinants - 0.5 * d * _LOG_2PI
        means = np.ascontiguousarray(state.means)
        return tile_sums(*tiles, means, factors, constants) if self.source is None else self.source.sums(means, factors, constants)

    def _moments_missing(self, state, weights):
        k, d = state.means.shape
        dense = np.ascontiguousarray(self.kind.dense(state.covariances, k, d))
        objective, zeroth, first, second = summed(
            lambda start, stop: _missing_sums(self.rows, weights, start, stop, state, dense), row_chunks(len(weights))
        )
        if self.kind.diagonal:
            second = np.ascontiguousarray(np.diagonal(second, axis1=1, axis2=2))[:, None, :]
        return objective, zeroth, first, second

    def _second_shape(self, d):
        return (self.k, 1, d) if self.kind.diagonal else (self.k, padded(d), padded(d))


def _missing_sums(rows, weights, start, stop, state, covariances):
    """Objective and moments of rows [start, stop)."""
    sums = np.zeros(len(state.means)), np.zeros(state.means.shape), np.zeros(covariances.shape)
    first, last = np.searchsorted(rows.starts, start, side="right") - 1, np.searchsorted(rows.starts, stop)
    bounds = np.clip(rows.starts[first : last + 1], start, stop) - start
    objective = em_missing(
        rows.values[start:stop], weights[start:stop], bounds, rows.observed[first:last],
        state.means, np.log(state.weights), covariances, *sums,
    )  # fmt: skip
    return objective, *sums


def tile_sums(tiles, tile_weights, means, factors, constants):
    """`em_pass` over fixed chunks, added up in a fixed order: the same bits for any number of threads."""
    n_tiles = len(tiles)
    size = max(_CHUNK_TILES, -(-n_tiles // _MAX_CHUNKS))

    def chunk(index):
        sums = np.zeros(len(means)), np.zeros(means.shape), np.zeros(factors.shape)
        stop = min(n_tiles, (index + 1) * size)
        return em_pass(tiles, tile_weights, index * size, stop, means, factors, constants, *sums), *sums

    if n_tiles <= size:
        return chunk(0)
    parts = map_chunks(chunk, -(-n_tiles // size))
    return tuple(sum(column[1:], start=column[0]) for column in zip(*parts, strict=True))
