"""Autoregressive normal emissions."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from statsim import checks, files
from statsim.distributions.covariance import KINDS, covariance_kind, lower_factors
from statsim.errors import ArgumentError
from statsim.estimators.climb import DegenerateError
from statsim.kernels.hmm.emissions.autoregressive import (
    add_lagged_moments,
    fill_autoregressive,
    fill_autoregressive_after,
    log_density_autoregressive,
)
from statsim.kernels.mixture.sampling import pack_factors
from statsim.model import closed
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.emissions.gaussian import Gaussian
from statsim.models.hmm.emissions.lagged_regression import fitted
from statsim.models.hmm.emissions.thin import thin_component
from statsim.models.mixture.defects import least_support


@dataclass(frozen=True, eq=False)
class AutoRegressive(Emission):
    r"""Autoregression of order p with parameters of the state.

    In state k :math:`x_{tj} = \mu_{kj} + \sum_{l=1}^p \phi_{klj} (x_{t-l,j} - \mu_{kj}) + e_{tj}`, :math:`e_t \sim N(0, \Sigma_k)`: each
    column looks back at itself, and the columns are tied by the covariance of e. Lags before the beginning of a sequence are
    at :math:`\mu_k`, so that the law of a sequence is proper and needs no first steps set apart. The steps looked back at are the observed
    ones, whatever state they came from (Hamilton 1989, Econometrica 57; Juang, Rabiner 1985, IEEE Trans. ASSP 33). Steps must be complete: after a gap
    the law of a step is a mixture over every path of states through the gap, whose number grows as k to the length of it. Missing steps
    at the end of a sequence can be left off, exactly, since nothing looks back at them; a gap can only be cut out, and the part after it then begins as a new
    sequence, which forgets what was before.

    Parameters
    ----------
    order : int
        Lags, p.
    covariance_type : {"full", "tied", "diag", "spherical"}
        Of e: a matrix for each state, one for all, a diagonal for each, or one variance for each.
    means : array (k, d), optional
    coefficients : array (k, p, d), optional
        The phi above, lag 1 first. They need not be stationary.
    covariances : array, (k, d, d), (d, d), (k, d) or (k,), optional
        As `covariance_type` wants it.

    Examples
    --------
    >>> law = AutoRegressive(1, means=[[0.0], [5.0]], coefficients=[[[0.9]], [[-0.5]]], covariances=[[[1.0]], [[4.0]]])
    >>> law.shape
    (2, 1)
    """

    order: int = 1
    covariance_type: str = "full"
    means: Any = None
    coefficients: Any = None
    covariances: Any = None

    name: ClassVar[str] = "autoregressive"
    standardises: ClassVar[bool] = True

    def __post_init__(self):
        checks.integer(self.order, "order", minimum=1)
        checks.choice(self.covariance_type, "covariance_type", tuple(KINDS))

    @property
    def kind(self):
        """The `CovarianceKind`."""
        return covariance_kind(self.covariance_type)

    @property
    def shape(self):
        return None if self.means is None else np.shape(self.means)

    def checked(self):
        if self.means is None or self.coefficients is None or self.covariances is None:
            raise ArgumentError(
                "AutoRegressive emissions need means (k, d), coefficients (k, p, d) and covariances; for a fit, a template without any of them"
            )
        noise = Gaussian(self.covariance_type, self.means, self.covariances).checked()
        coefficients = np.array(self.coefficients, np.float64)
        wanted = (len(noise.means), self.order, noise.means.shape[1])
        if coefficients.shape != wanted:
            raise ArgumentError(f"coefficients must have shape {wanted}: state, lag, column; got {coefficients.shape}")
        checks.finite(coefficients, "coefficients")
        return replace(self, means=noise.means, coefficients=coefficients, covariances=noise.covariances)

    def n_free(self):
        k, d = self.shape
        return k * d * (1 + self.order) + self.kind.n_parameters(k, d)

    @property
    def per_state(self):
        return ("means", "coefficients") if self.kind.shared else ("means", "coefficients", "covariances")

    def mean(self):
        """The level of each state, which its steps tend to where the coefficients are stationary."""
        return self.means

    # ------------------------------------------------------------ densities and draws

    def check_steps(self, values, name):
        missing = np.argwhere(np.isnan(values))
        if missing.size:
            place = [int(i) for i in missing[0]]
            raise ArgumentError(
                f"{name}{place} is missing: AutoRegressive emissions look back at every value, and no closed form sums out one that is not there; cut the sequence there, "
                "or use Gaussian emissions, which integrate missing values out"
            )

    @cached_property
    def _dense(self):
        return np.ascontiguousarray(self.kind.dense(self.covariances, *self.shape))

    @cached_property
    def _lower(self):
        lower = lower_factors(self._dense)
        if lower is None:
            raise DegenerateError("the covariance of a state is not positive definite to working precision")
        return lower

    def fill_log_density(self, values, offsets, begin, end, out):
        log_density_autoregressive(values, offsets, begin, end, self.means, self.coefficients, self._lower, out)

    @cached_property
    def _packed(self):
        return pack_factors(self._lower)

    def fill(self, key, number, offsets, path, rows):
        fill_autoregressive(key, number, offsets, path, self.means, self.coefficients, self._packed, rows)

    @property
    def lags(self):
        return self.order

    @property
    def conditions_columns(self):
        return self.shape[1] == 1

    def fill_around(self, key, number, path, known, values, rows):
        begin = int(known.sum())  # what is known is a prefix: see `statsim.models.hmm.conditioned`
        rows[:begin] = values[:begin]
        fill_autoregressive_after(key, number, begin, path, self.means, self.coefficients, self._packed, rows)

    # ------------------------------------------------------------ the M step

    def pooled(self, values, k):
        levels = Gaussian(self.covariance_type).pooled(values, k)
        coefficients = np.zeros((k, self.order, values.shape[1]))
        return replace(self, means=levels.means, coefficients=coefficients, covariances=levels.covariances)

    def empty_sums(self):
        k, d = self.shape
        size = 1 + d * (self.order + 1)
        return (np.zeros((k, self.order + 1, size, size)),)

    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        add_lagged_moments(values, offsets, begin, end, gamma, weights, *sums)

    def estimate(self, sums, bound):
        lower = sums[0]
        moments = lower + np.swapaxes(np.tril(lower, -1), 2, 3)
        empty = np.flatnonzero(~(moments[:, :, 0, 0].sum(axis=1) > 1e-10))
        if empty.size:
            raise DegenerateError(f"state {int(empty[0])} is never visited")
        means, coefficients, covariances = fitted(moments, self.means, self.coefficients, self._dense, self.kind, bound)
        law = replace(self, means=means, coefficients=coefficients, covariances=covariances)
        if not self.kind.is_positive(covariances, self.shape[1]):
            raise DegenerateError("the covariance of a state has become singular")
        return law

    def pack(self):
        return np.concatenate([np.ravel(part) for part in (self.means, self.coefficients, self.covariances)])

    def unpack(self, vector):
        means, coefficients, covariances = np.split(vector, np.cumsum([self.means.size, self.coefficients.size]))
        covariances = covariances.reshape(self.covariances.shape).copy()
        if not np.isfinite(vector).all() or not self.kind.is_positive(covariances, self.shape[1]):
            return None
        return replace(
            self, means=means.reshape(self.shape).copy(), coefficients=coefficients.reshape(self.coefficients.shape).copy(), covariances=covariances
        )

    def bounded(self, bound):
        if not bound:
            return self
        return replace(self, covariances=np.ascontiguousarray(self.kind.bounded(self.covariances, np.full(self.shape[1], bound))))

    def rescaled(self, centre, scale):
        return replace(self, means=centre + scale * self.means, covariances=np.ascontiguousarray(self.kind.rescaled(self.covariances, scale)))

    def least_support(self):
        return least_support(self.kind, self.shape[1]) + self.order

    def defect(self, counts):
        found = super().defect(counts)
        if found or self.kind.shared:
            return found
        thin = thin_component(self._dense, counts)
        return f"state {thin[0]} has shrunk to {thin[1]:.2g} of the pooled variance in some direction" if thin else None

    # ------------------------------------------------------------ files

    def to_document(self):
        arrays = {name: files.array_to_document(getattr(self, name)) for name in ("means", "coefficients", "covariances")}
        return {"covariance_type": self.covariance_type, **arrays}

    @classmethod
    def from_document(cls, document):
        closed(document, ("covariance_type", "means", "coefficients", "covariances"))
        kind = covariance_kind(checks.choice(document["covariance_type"], "covariance_type", tuple(KINDS)))
        means = files.array_from_document(document["means"], "means", shape=(None, None))
        k, d = means.shape
        coefficients = files.array_from_document(document["coefficients"], "coefficients", shape=(k, None, d))
        covariances = files.array_from_document(document["covariances"], "covariances", shape=kind.shape(k, d))
        return cls(coefficients.shape[1], kind.name, means, coefficients, covariances).checked()
