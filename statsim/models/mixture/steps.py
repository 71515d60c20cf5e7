"""The steps that the principles ask of a Gaussian mixture, in standard units: one EM step, whatever the rule of its M step."""

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
from statsim.models.mixture.highest_density import highest_density, remains_of
from statsim.models.mixture.maximum_likelihood import MaximumLikelihood
from statsim.models.mixture.mean_field import MeanField
from statsim.models.mixture.rows import MixtureRows
from statsim.models.mixture.standard_prior import standard_prior
from statsim.models.mixture.starts import MixtureStarts
from statsim.models.mixture.variational_law import VariationalMixture

_CHUNK_TILES = 32  # 4096 rows: a few milliseconds of work
_MAX_CHUNKS = 64
_MANY = 20  # components from which a search that cannot succeed costs minutes
_LEAST_WEIGHT = 1e-11
_EMPTY = 1e-280  # in the place of a weight of 0, by which moments are divided
_LOG_2PI = float(np.log(2 * np.pi))


class MixtureState(NamedTuple):
    """Parameters of a mixture: `weights` (k,), `means` (k, d), `covariances` in the shape of their kind."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


@dataclass(frozen=True)
class MixtureSteps:
    """EM of a mixture with `k` components and covariances of `kind` on `rows`, with the M step of `rule`.

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
    rule: Any = MaximumLikelihood()
    source: Any = None

    # ------------------------------------------------------------ what the estimator reads

    @cached_property
    def total_weight(self):
        return float(self.rows.weights.sum()) if self.source is None else self.source.total_weight

    @cached_property
    def offset(self):
        own = self.rows.log_scale_offset if self.source is None else self.source.offset
        return own + self.rule.offset

    @property
    def is_simple(self):
        """One start is enough: a single component has one optimum."""
        return self.k == 1

    @property
    def is_crowded(self):
        """Many components, on less than twice the rows that they must stand on at the least."""
        n, d = self.rows.values.shape
        return self.k >= _MANY and not self.rule.settles and n < 2 * self.k * least_support(self.kind, d)

    def levels(self):
        """The problem as it is, and then with eigenvalues bounded from below, unless its rule needs no bound."""
        if self.rule.settles:
            yield self
            return
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
        if self.lenient or self.rule.settles:
            return None
        return find_defect(self.kind, state, self._support(state), bounded=self.bound > 0)

    # ------------------------------------------------------------ EM

    def em(self, state):
        """Objective at `state` and the state after one EM step."""
        objective, zeroth, first, second = self._moments(state, self._tiles)
        if not np.isfinite(objective):
            raise DegenerateError("a covariance became singular")
        zeroth = np.maximum(zeroth, _EMPTY)
        centre_moments(zeroth, first, second, first.shape[1])
        after = self.rule.update(self.kind, state, zeroth, state.means + first / zeroth[:, None], second)
        return objective + self.rule.added(state), self._allowed(MixtureState(*after))

    def log_likelihood(self, state):
        """Log-likelihood at `state`, without what the rule adds."""
        return self._moments(state, self._tiles, log_weights=np.log(np.maximum(state.weights, _EMPTY)))[0]

    def pack(self, state):
        return np.concatenate([np.log(np.maximum(state.weights, _LEAST_WEIGHT)), state.means.ravel(), state.covariances.ravel()])

    def unpack(self, vector):
        k, d = self.k, self.rows.values.shape[1]
        logs = vector[:k] - vector[:k].max()
        weights = np.exp(logs)
        covariances = vector[k + k * d :].reshape(self.kind.shape(k, d))
        if not np.isfinite(vector).all() or not (weights > 0.1 * _LEAST_WEIGHT).all():
            return None
        state = self._allowed(MixtureState(weights / weights.sum(), vector[k : k + k * d].reshape(k, d), covariances))
        return None if self.kind.factors(state.covariances, k, d) is None else state

    # ------------------------------------------------------------ principles

    @property
    def loop(self):
        """A search from many starts; where components may vanish, one that lets them."""
        return "thinning" if getattr(self.rule, "thins", False) else "search"

    @property
    def prior(self):
        """The prior in the units of the data, or None."""
        return self.rule.prior

    @property
    def criterion(self):
        """What the objective is."""
        return self.rule.criterion

    def regularised(self, prior, penalty):
        """The steps of the log posterior or of a penalised likelihood."""
        return replace(self, rule=highest_density(prior, penalty, self))

    def variational(self, prior):
        """The steps of mean-field variational Bayes."""
        return replace(self, rule=MeanField(standard_prior(prior, self, proper=True), self.kind, self.total_weight))

    def law_of(self, state):
        """The variational law at `state`."""
        return VariationalMixture(self, ordered(state, self.kind) if self.rule.standard.symmetric else state)

    def posterior(self, prior):
        """The posterior as a target that is sampled through the labels of the rows."""
        from statsim.models.mixture.label_posterior import LabelPosterior

        return LabelPosterior(self, standard_prior(prior, self, proper=True))

    def remaining(self, remains):
        """The problem of the components that are left, and their state; `remains` is that of `VanishedError`."""
        weights, means, covariances, alive = remains
        standard, k = self.rule.standard, len(weights)
        fewer = replace(standard, shapes=standard.shapes[alive], law=None if standard.law is None else standard.law.first(k))
        return replace(self, k=k, rule=replace(self.rule, standard=fewer)), MixtureState(weights, means, covariances)

    @property
    def descends(self):
        """True where the objective compares numbers of components, so that all from `k` down to 1 are tried."""
        return hasattr(self.rule.penalty, "length")

    def without_weakest(self, state):
        """What remains of `state` without its smallest component."""
        if self.k == 1:
            raise DegenerateError("the one component that is left has shrunk to a point or a plane")
        return remains_of(self.kind, *state, int(state.weights.argmin()))

    def standing(self, state):
        """Log-likelihood and what the rule says of the weights: densities of different numbers of components cannot be compared."""
        return self.log_likelihood(state) + self.rule.of_weights(state)

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

    def _moments(self, state, tiles, weights=None, log_weights=None):
        """Log-likelihood and the sums of r, r x and r x x^T about the means; NaN for it when a covariance is singular."""
        log_weights = self.rule.log_weights(state) if log_weights is None else log_weights
        if not self.rows.complete:
            return self._moments_missing(state, self.rows.weights if weights is None else weights, log_weights)
        k, d = state.means.shape
        built = self.kind.factors(state.covariances, k, d)
        if built is None:
            return np.nan, np.zeros(k), np.zeros((k, d)), np.zeros(self._second_shape(d))
        factors, log_determinants = built
        constants = log_weights + log_determinants - 0.5 * d * _LOG_2PI
        means = np.ascontiguousarray(state.means)
        return tile_sums(*tiles, means, factors, constants) if self.source is None else self.source.sums(means, factors, constants)

    def _moments_missing(self, state, weights, log_weights):
        k, d = state.means.shape
        dense = np.ascontiguousarray(self.kind.dense(state.covariances, k, d))
        objective, zeroth, first, second = summed(
            lambda start, stop: _missing_sums(self.rows, weights, start, stop, state, dense, log_weights), row_chunks(len(weights))
        )
        if self.kind.diagonal:
            second = np.ascontiguousarray(np.diagonal(second, axis1=1, axis2=2))[:, None, :]
        return objective, zeroth, first, second

    def _second_shape(self, d):
        return (self.k, 1, d) if self.kind.diagonal else (self.k, padded(d), padded(d))


def ordered(state, kind):
    """Components in the order of their means, so that the answer does not depend on where the search began."""
    order = np.lexsort(state.means.T[::-1])
    covariances = state.covariances if kind.shared else state.covariances[order]
    return MixtureState(state.weights[order], state.means[order], covariances)


def _missing_sums(rows, weights, start, stop, state, covariances, log_weights):
    """Objective and moments of rows [start, stop)."""
    sums = np.zeros(len(state.means)), np.zeros(state.means.shape), np.zeros(covariances.shape)
    first, last = np.searchsorted(rows.starts, start, side="right") - 1, np.searchsorted(rows.starts, stop)
    bounds = np.clip(rows.starts[first : last + 1], start, stop) - start
    objective = em_missing(
        rows.values[start:stop], weights[start:stop], bounds, rows.observed[first:last],
        state.means, log_weights, covariances, *sums,
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
