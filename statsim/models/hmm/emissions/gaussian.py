"""Normal emissions with full, tied, diagonal or spherical covariances."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from statsim import checks, files
from statsim.distributions.covariance import KINDS, covariance_kind, lower_factors
from statsim.errors import ArgumentError
from statsim.estimators.climb import DegenerateError
from statsim.distributions.covariance.kind import padded
from statsim.kernels.hmm.emissions.gaussian import add_moments, fill_gaussian, log_density_gaussian
from statsim.kernels.hmm.emissions.gaussian_narrow import WIDEST, log_density_narrow, relative_density_narrow, tuples
from statsim.kernels.hmm.emissions.gaussian_missing import add_moments_missing, log_density_missing
from statsim.kernels.hmm.partly_known import complete_rows
from statsim.kernels.mixture.em import centre_moments
from statsim.kernels.mixture.sampling import pack_factors
from statsim.model import closed
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.emissions.thin import thin_component
from statsim.models.mixture.defects import least_support
from statsim.models.mixture.parameters import checked_parameters

_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Gaussian(Emission):
    r"""Normal law of a step: :math:`N(\mu_k, \Sigma_k)` in state k.

    Parameters
    ----------
    covariance_type : {"full", "tied", "diag", "spherical"}
        A matrix for each state, one for all, a diagonal for each, or one variance for each.
    means : array (k, d), optional
    covariances : array, (k, d, d), (d, d), (k, d) or (k,), optional
        As `covariance_type` wants it.

    Examples
    --------
    >>> Gaussian(means=[[0.0], [5.0]], covariances=[[[1.0]], [[4.0]]]).shape
    (2, 1)
    """

    covariance_type: str = "full"
    means: Any = None
    covariances: Any = None

    name: ClassVar[str] = "gaussian"
    standardises: ClassVar[bool] = True

    def __post_init__(self):
        checks.choice(self.covariance_type, "covariance_type", tuple(KINDS))

    @property
    def kind(self):
        """The `CovarianceKind`."""
        return covariance_kind(self.covariance_type)

    @property
    def shape(self):
        return None if self.means is None else np.shape(self.means)

    def checked(self):
        if self.means is None or self.covariances is None:
            raise ArgumentError("Gaussian emissions need means (k, d) and covariances; for a fit, a template without either")
        k = len(np.atleast_1d(np.asarray(self.means, dtype=object)))
        parameters = checked_parameters(self.kind, np.full(k, 1.0 / k), self.means, self.covariances)
        if parameters.constant.any():
            columns = np.flatnonzero(parameters.constant).tolist()
            raise ArgumentError(f"covariances: columns {columns} have variance zero; leave constant columns out of the model")
        return replace(self, means=np.ascontiguousarray(parameters.means), covariances=np.ascontiguousarray(parameters.covariances))

    def n_free(self):
        k, d = self.shape
        return k * d + self.kind.n_parameters(k, d)

    @property
    def per_state(self):
        return ("means",) if self.kind.shared else ("means", "covariances")

    def mean(self):
        return self.means

    # ------------------------------------------------------------ densities and draws

    def check_steps(self, values, name):
        return None

    @cached_property
    def _dense(self):
        return np.ascontiguousarray(self.kind.dense(self.covariances, *self.shape))

    @cached_property
    def _lower(self):
        """Lower Cholesky factors (k, d, d), by our own loops."""
        lower = lower_factors(self._dense)
        if lower is None:
            raise DegenerateError("the covariance of a state is not positive definite to working precision")
        return lower

    @cached_property
    def _tables(self):
        """Precision factors and constants, as the density kernel takes them."""
        built = self.kind.factors(self.covariances, *self.shape)
        if built is None:
            raise DegenerateError("the covariance of a state is singular")
        return built[0], built[1] - 0.5 * self.shape[1] * _LOG_2PI

    def fill_log_density(self, values, offsets, begin, end, out):
        steps = values[begin:end]
        if np.isnan(steps.sum()):
            log_density_missing(steps, self.means, self._dense, out)
        elif self._is_narrow:
            log_density_narrow(steps, self.means, *self._tables, *tuples(self.shape[1]), out)
        else:
            log_density_gaussian(steps, self.means, *self._tables, out)

    def fill_relative_density(self, values, offsets, begin, end, b, highest):
        steps = values[begin:end]
        if not self._is_narrow or np.isnan(steps.sum()):
            super().fill_relative_density(values, offsets, begin, end, b, highest)
            return
        relative_density_narrow(steps, self.means, *self._tables, *tuples(self.shape[1]), b, highest)

    @property
    def _is_narrow(self):
        return self._tables[0].shape[1] > 1 and self.shape[1] <= WIDEST

    @cached_property
    def _packed(self):
        return pack_factors(self._lower)

    def fill(self, key, number, offsets, path, rows):
        fill_gaussian(key, number, offsets, path, self.means, self._packed, rows)

    def fill_around(self, key, number, path, known, values, rows):
        self.fill(key, number, np.array([0, len(path)], np.int64), path, rows)
        complete_rows(path, np.where(known[:, None], values, np.nan), self._dense, rows)

    def distribution(self, values):
        from scipy.special import ndtr

        deviations = np.sqrt(np.diagonal(self._dense, axis1=1, axis2=2))
        at = ndtr((values[:, None, :] - self.means) / deviations)
        return at, at

    # ------------------------------------------------------------ the M step

    def pooled(self, values, k):
        seen = values[~np.isnan(values).any(axis=1)]
        rows = seen if len(seen) > values.shape[1] else np.where(np.isnan(values), np.nanmean(values, axis=0), values)
        centred = rows - rows.mean(axis=0)
        covariance = centred.T @ centred / len(rows)
        dense = np.tile(covariance + 1e-3 * np.diag(np.diagonal(covariance)), (k, 1, 1))
        return replace(self, means=np.tile(rows.mean(axis=0), (k, 1)), covariances=self.kind.from_dense(dense))

    def empty_sums(self):
        k, d = self.shape
        return np.zeros(k), np.zeros((k, d)), np.zeros((k, 1, d) if self.kind.diagonal else (k, padded(d), padded(d)))

    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        steps = values[begin:end]
        if np.isnan(steps.sum()):
            add_moments_missing(steps, gamma, weights, self.means, self._dense, *sums)
            return
        add_moments(steps, gamma, weights, self.means, *sums)

    def estimate(self, sums, bound):
        zeroth, first, second = (part.copy() for part in sums)
        d = self.shape[1]
        empty = np.flatnonzero(~(zeroth > 1e-10))
        if empty.size:
            raise DegenerateError(f"state {int(empty[0])} is never visited")
        centre_moments(zeroth, first, second, d)
        covariances = self.kind.estimate(zeroth, second, d)
        law = replace(self, means=self.means + first / zeroth[:, None], covariances=np.ascontiguousarray(covariances)).bounded(bound)
        if not self.kind.is_positive(law.covariances, d):
            raise DegenerateError("the covariance of a state has become singular")
        return law

    def pack(self):
        return np.concatenate([np.ravel(self.means), np.ravel(self.covariances)])

    def unpack(self, vector):
        size = self.means.size
        covariances = np.ascontiguousarray(vector[size:].reshape(self.covariances.shape))
        if not np.isfinite(vector).all() or not self.kind.is_positive(covariances, self.shape[1]):
            return None
        return replace(self, means=np.ascontiguousarray(vector[:size].reshape(self.shape)), covariances=covariances)

    def bounded(self, bound):
        if not bound:
            return self
        return replace(self, covariances=np.ascontiguousarray(self.kind.bounded(self.covariances, np.full(self.shape[1], bound))))

    def rescaled(self, centre, scale):
        return replace(self, means=centre + scale * self.means, covariances=np.ascontiguousarray(self.kind.rescaled(self.covariances, scale)))

    def least_support(self):
        return least_support(self.kind, self.shape[1])

    def defect(self, counts):
        found = super().defect(counts)
        if found or self.kind.shared:
            return found
        thin = thin_component(self._dense, counts)
        if thin:
            return f"state {thin[0]} has shrunk to {thin[1]:.2g} of the pooled variance in some direction"
        return None

    # ------------------------------------------------------------ files

    def to_document(self):
        return {
            "covariance_type": self.covariance_type,
            "means": files.array_to_document(self.means),
            "covariances": files.array_to_document(self.covariances),
        }

    @classmethod
    def from_document(cls, document):
        closed(document, ("covariance_type", "means", "covariances"))
        kind = covariance_kind(checks.choice(document["covariance_type"], "covariance_type", tuple(KINDS)))
        means = files.array_from_document(document["means"], "means", shape=(None, None))
        covariances = files.array_from_document(document["covariances"], "covariances", shape=kind.shape(*means.shape))
        return cls(kind.name, means, covariances).checked()
