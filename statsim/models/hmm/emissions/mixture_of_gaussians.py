"""Mixtures of normal laws in each state."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from statsim import checks, files
from statsim.distributions.covariance import KINDS, covariance_kind, lower_factors
from statsim.distributions.covariance.kind import padded
from statsim.errors import ArgumentError
from statsim.estimators.climb import DegenerateError
from statsim.kernels.hmm.emissions.gaussian import add_moments, log_density_gaussian
from statsim.kernels.hmm.emissions.gaussian_missing import add_moments_missing, log_density_missing
from statsim.kernels.hmm.emissions.mixture_of_gaussians import fill_mixture_of_gaussians, join_components, times_states
from statsim.kernels.mixture.em import centre_moments
from statsim.kernels.mixture.sampling import pack_factors
from statsim.kernels.variates.categorical import alias_table
from statsim.model import closed
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.emissions.mixture_start import spread_components
from statsim.models.hmm.emissions.simplex import log_rows, rows_of_logs
from statsim.models.hmm.emissions.thin import thin_component
from statsim.models.mixture.defects import least_support
from statsim.models.mixture.parameters import checked_parameters

_LOG_2PI = float(np.log(2 * np.pi))
_NO_ROOM = 1e-10


@dataclass(frozen=True, eq=False)
class MixtureOfGaussians(Emission):
    r"""Mixture of m normal laws in state k: :math:`\sum_i w_{ki} N(\mu_{ki}, \Sigma_{ki})`.

    Parameters
    ----------
    n_mix : int
        Components of each state, m.
    covariance_type : {"full", "tied", "diag", "spherical"}
        A matrix for each component, one for all components of a state, a diagonal for each, or one variance for each.
    weights : array (k, m), optional
    means : array (k, m, d), optional
    covariances : array, (k, m, d, d), (k, d, d), (k, m, d) or (k, m), optional
        As `covariance_type` wants it.

    Examples
    --------
    >>> law = MixtureOfGaussians(2, "spherical", weights=[[0.5, 0.5]], means=[[[0.0], [5.0]]], covariances=[[1.0, 2.0]])
    >>> law.shape, law.mean().tolist()
    ((1, 1), [[2.5]])
    """

    n_mix: int = 2
    covariance_type: str = "full"
    weights: Any = None
    means: Any = None
    covariances: Any = None

    name: ClassVar[str] = "mixture_of_gaussians"
    standardises: ClassVar[bool] = True

    def __post_init__(self):
        checks.integer(self.n_mix, "n_mix", minimum=1)
        checks.choice(self.covariance_type, "covariance_type", tuple(KINDS))

    @property
    def kind(self):
        """The `CovarianceKind`."""
        return covariance_kind(self.covariance_type)

    @property
    def shape(self):
        return None if self.means is None else (np.shape(self.means)[0], np.shape(self.means)[2])

    def checked(self):
        given = {"weights": self.weights, "means": self.means, "covariances": self.covariances}
        if any(value is None for value in given.values()):
            raise ArgumentError(
                "MixtureOfGaussians emissions need weights (k, m), means (k, m, d) and covariances; for a fit, a template without any of them"
            )
        lengths = {name: len(value) for name, value in given.items()}
        if len(set(lengths.values())) > 1 or not lengths["means"]:
            raise ArgumentError(f"weights, means and covariances must have one entry for each state, got {lengths}")
        states = [self._checked_state(c, *(value[c] for value in given.values())) for c in range(lengths["means"])]
        if len({state.shape for state in states}) > 1:
            raise ArgumentError(f"all states must have as many columns, got {[state.shape[1] for state in states]}")
        arrays = {name: np.ascontiguousarray([getattr(state, name) for state in states]) for name in given}
        arrays["weights"] = checks.probability_rows(arrays["weights"], "weights")
        return replace(self, **arrays)

    def _checked_state(self, c, weights, means, covariances):
        try:
            state = checked_parameters(self.kind, weights, means, covariances)
        except ArgumentError as error:
            raise ArgumentError(f"state {c}: {error}") from error
        if state.constant.any():
            columns = np.flatnonzero(state.constant).tolist()
            raise ArgumentError(f"state {c}: covariances: columns {columns} have variance zero; leave constant columns out of the model")
        if len(state.weights) != self.n_mix:
            raise ArgumentError(f"state {c} has {len(state.weights)} components, but n_mix={self.n_mix}")
        return state

    def n_free(self):
        k, d = self.shape
        spread = k * self.kind.n_parameters(self.n_mix, d)
        return k * (self.n_mix - 1) + k * self.n_mix * d + spread

    @property
    def per_state(self):
        return ("weights", "means", "covariances")

    def mean(self):
        return np.einsum("ki,kij->kj", self.weights, self.means)

    # ------------------------------------------------------------ the components of all states, side by side

    @property
    def _centres(self):
        return self.means.reshape(-1, self.means.shape[2])

    @cached_property
    def _dense(self):
        """Covariances (k m, d, d)."""
        d = self.shape[1]
        return np.ascontiguousarray(np.concatenate([self.kind.dense(part, self.n_mix, d) for part in self.covariances]))

    @cached_property
    def _tables(self):
        """Precision factors (k m, ...) and constants, as the density kernel takes them."""
        built = [self.kind.factors(part, self.n_mix, self.shape[1]) for part in self.covariances]
        if any(part is None for part in built):
            raise DegenerateError(f"a covariance of state {[part is None for part in built].index(True)} is singular")
        factors, log_determinants = (np.concatenate(parts) for parts in zip(*built, strict=True))
        return factors, log_determinants - 0.5 * self.shape[1] * _LOG_2PI

    @cached_property
    def _log_weights(self):
        with np.errstate(divide="ignore"):
            return np.log(self.weights)

    def _joined(self, steps, out):
        """Probability (n, k m) of each component given state and step; `out` (n, k) receives the log densities."""
        joint = np.empty((len(steps), len(self._centres)))
        if np.isnan(steps.sum()):
            log_density_missing(steps, self._centres, self._dense, joint)
        else:
            log_density_gaussian(steps, self._centres, *self._tables, joint)
        join_components(joint, self._log_weights, out)
        return joint

    # ------------------------------------------------------------ densities and draws

    def check_steps(self, values, name):
        return None

    def fill_log_density(self, values, offsets, begin, end, out):
        self._joined(values[begin:end], out)

    @cached_property
    def _drawn(self):
        """Alias tables of the weights, means and packed factors."""
        tables, aliases = (np.array(part) for part in zip(*map(alias_table, self.weights), strict=True))
        return tables, aliases, self._centres, pack_factors(lower_factors(self._dense))

    def fill(self, key, number, offsets, path, rows):
        fill_mixture_of_gaussians(key, number, offsets, path, *self._drawn, rows)

    @property
    def conditions_columns(self):
        return self.shape[1] == 1

    # ------------------------------------------------------------ the M step

    def pooled(self, values, k):
        weights, means, dense = spread_components(values, self.n_mix)
        covariances = self.kind.from_dense(dense)
        return replace(self, **{name: np.stack([value] * k) for name, value in zip(self.per_state, (weights, means, covariances), strict=True)})

    def empty_sums(self):
        n, d = self._centres.shape
        return np.zeros(n), np.zeros((n, d)), np.zeros((n, 1, d) if self.kind.diagonal else (n, padded(d), padded(d)))

    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        steps = values[begin:end]
        shares = self._joined(steps, np.empty(gamma.shape))
        times_states(shares, gamma)
        if np.isnan(steps.sum()):
            add_moments_missing(steps, shares, weights, self._centres, self._dense, *sums)
        else:
            add_moments(steps, shares, weights, self._centres, *sums)

    def estimate(self, sums, bound):
        zeroth, first, second = (part.copy() for part in sums)
        (k, d), m = self.shape, self.n_mix
        self._require_all_visited(zeroth.reshape(k, m))
        centre_moments(zeroth, first, second, d)
        parts = [slice(c * m, (c + 1) * m) for c in range(k)]
        covariances = [self.kind.estimate(zeroth[part], second[part], d) for part in parts]
        means = self.means + (first / zeroth[:, None]).reshape(self.means.shape)
        weights = zeroth.reshape(k, m)
        law = replace(self, weights=weights / weights.sum(axis=1, keepdims=True), means=means, covariances=np.ascontiguousarray(covariances))
        law = law.bounded(bound)
        for c, part in enumerate(law.covariances):
            if not self.kind.is_positive(part, d):
                raise DegenerateError(f"a covariance of state {c} has become singular")
        return law

    def bounded(self, bound):
        if not bound:
            return self
        floor = np.full(self.shape[1], bound)
        return replace(self, covariances=np.ascontiguousarray([self.kind.bounded(part, floor) for part in self.covariances]))

    @property
    def is_simple(self):
        return self.n_mix == 1

    @staticmethod
    def _require_all_visited(counts):
        empty = np.argwhere(~(counts > _NO_ROOM))
        if empty.size:
            state, component = (int(i) for i in empty[0])
            never = not (counts[state] > _NO_ROOM).any()
            raise DegenerateError(f"state {state} is never visited" if never else f"component {component} of state {state} is never visited")

    def pack(self):
        return np.concatenate([log_rows(self.weights).ravel(), self.means.ravel(), self.covariances.ravel()])

    def unpack(self, vector):
        if not np.isfinite(vector).all():
            return None
        logs, means, covariances = np.split(vector, np.cumsum([self.weights.size, self.means.size]))
        covariances = covariances.reshape(self.covariances.shape)
        if not all(self.kind.is_positive(part, self.shape[1]) for part in covariances):
            return None
        weights = rows_of_logs(logs.reshape(self.weights.shape))
        return replace(self, weights=weights, means=means.reshape(self.means.shape).copy(), covariances=covariances.copy())

    def rescaled(self, centre, scale):
        covariances = np.ascontiguousarray([self.kind.rescaled(part, scale) for part in self.covariances])
        return replace(self, means=centre + scale * self.means, covariances=covariances)

    def least_support(self):
        return self.n_mix * least_support(self.kind, self.shape[1])

    def defect(self, counts):
        inside = counts[:, None] * self.weights
        least = least_support(self.kind, self.shape[1])
        if inside.min() < least:
            state, component = divmod(int(inside.argmin()), self.n_mix)
            return f"component {component} of state {state} stands on {inside.min():.3g} steps, fewer than {least:g}"
        found = thin_component(self._dense, inside.ravel())
        if found:
            state, component = divmod(found[0], self.n_mix)
            return f"component {component} of state {state} has shrunk to {found[1]:.2g} of the pooled variance in some direction"
        return None

    # ------------------------------------------------------------ files

    def to_document(self):
        arrays = {name: files.array_to_document(getattr(self, name)) for name in self.per_state}
        return {"covariance_type": self.covariance_type, **arrays}

    @classmethod
    def from_document(cls, document):
        closed(document, ("covariance_type", "weights", "means", "covariances"))
        kind = covariance_kind(checks.choice(document["covariance_type"], "covariance_type", tuple(KINDS)))
        means = files.array_from_document(document["means"], "means", shape=(None, None, None))
        k, m, d = means.shape
        weights = files.array_from_document(document["weights"], "weights", shape=(k, m))
        covariances = files.array_from_document(document["covariances"], "covariances", shape=(k, *kind.shape(m, d)))
        return cls(m, kind.name, weights, means, covariances).checked()
