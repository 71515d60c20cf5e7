r"""The conjugate law of the means and covariances of all components, for every kind of covariance, in arrays.

Full and tied: :math:`\Sigma \sim IW(\nu, \Psi)`. Diagonal: each variance :math:`\sim IG(\nu / 2, \Psi_{jj} / 2)`. Spherical: the variance
:math:`\sim IG(\nu d / 2, \mathrm{tr} \Psi / 2)`. The mean given the covariance is :math:`N(m, \Sigma / \kappa)`. C. Bishop, Pattern Recognition and Machine
Learning (2006), sections 10.2 and B, for the expectations.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim.distributions.covariance import CovarianceKind
from statsim.distributions.covariance.kind import lower_factors

_LOG_2, _LOG_PI, _LOG_2PI = np.log([2.0, np.pi, 2 * np.pi]).tolist()


@dataclass(frozen=True)
class ComponentLaw:
    """Of k components in d columns.

    Attributes
    ----------
    kind : CovarianceKind
    means : (k, d), kappas : (k,)
    dofs : (k,)
        All alike where the covariance is shared.
    scales : ndarray
        (k, d, d), (d, d), (k, d), or (k,) the traces.
    """

    kind: CovarianceKind
    means: np.ndarray
    kappas: np.ndarray
    dofs: np.ndarray
    scales: np.ndarray

    @classmethod
    def alike(cls, kind, k, normal):
        """The same `NormalInverseWishart` for all of k components."""
        d = normal.dim
        scale = normal.scale
        if kind.shared:
            scales = scale
        elif kind.name == "full":
            scales = np.repeat(scale[None], k, axis=0)
        else:
            variances = np.repeat(np.diagonal(scale)[None], k, axis=0)
            scales = variances if kind.name == "diag" else variances.sum(axis=1)
        fill = np.full(k, float(normal.mean_precision)), np.full(k, float(normal.degrees_of_freedom))
        return cls(kind, np.repeat(normal.mean.reshape(1, d), k, axis=0), *fill, scales)

    def first(self, k):
        """The law of the first k components alone."""
        scales = self.scales if self.kind.shared else self.scales[:k]
        return ComponentLaw(self.kind, self.means[:k], self.kappas[:k], self.dofs[:k], scales)

    # ------------------------------------------------------------ numbers of the law

    @property
    def shape(self):
        return self.means.shape

    @cached_property
    def _units(self):
        """Degrees of freedom (covariances,) of each covariance there is: one where it is shared."""
        return self.dofs[:1] if self.kind.shared else self.dofs

    @cached_property
    def _log_scales(self):
        """Log determinant (covariances,) of each scale; of a spherical one d times the log of the trace."""
        d = self.shape[1]
        if self.kind.diagonal:
            return np.log(self.scales).sum(axis=1) if self.kind.name == "diag" else d * np.log(self.scales)
        return np.linalg.slogdet(np.atleast_3d(self._matrices))[1]

    @property
    def _matrices(self):
        return self.scales[None] if self.kind.shared else self.scales

    @cached_property
    def _gammas(self):
        """Arguments (covariances, d) of the gamma functions of the normaliser; the gamma law of a spherical variance counts once."""
        d = self.shape[1]
        if self.kind.name == "spherical":
            return 0.5 * d * self._units[:, None]
        return 0.5 * (self._units[:, None] - np.arange(d) * (0.0 if self.kind.diagonal else 1.0))

    def log_normalisers(self):
        """Log of what the kernel of each covariance's law (of the inverse variance, where that is one number) integrates to."""
        from scipy.special import gammaln

        d = self.shape[1]
        extra = 0.0 if self.kind.diagonal else 0.25 * d * (d - 1) * _LOG_PI
        return gammaln(self._gammas).sum(axis=1) + extra + 0.5 * self._units * (d * _LOG_2 - self._log_scales)

    @cached_property
    def expected_log_precisions(self):
        """E log det of each inverse covariance (k,)."""
        from scipy.special import digamma

        d = self.shape[1]
        times = d if self.kind.name == "spherical" else 1
        values = times * digamma(self._gammas).sum(axis=1) + d * _LOG_2 - self._log_scales
        return np.broadcast_to(values, len(self.kappas))

    def typical(self):
        """Inverse of the mean inverse covariance, in the kind's shape."""
        d = self.shape[1]
        dofs = self._units * (d if self.kind.name == "spherical" else 1)
        return self.scales / (dofs[0] if self.kind.shared else dofs.reshape(-1, *[1] * (self.scales.ndim - 1)))

    # ------------------------------------------------------------ what follows

    def divergence(self, other):
        """Kullback-Leibler divergence of `other` from this law."""
        k, d = self.shape
        inverse = _inverses(self.kind, self.typical(), k, d)
        gap = self.means - other.means
        distance = other.kappas * np.einsum("ki,kij,kj->k", gap, inverse, gap)
        ratio = other.kappas / self.kappas
        normal = 0.5 * (d * (ratio - 1.0 - np.log(ratio)) + distance).sum()
        expected = self.expected_log_precisions[:1] if self.kind.shared else self.expected_log_precisions
        trace = _traces(self.kind, inverse, self.scales - other.scales)
        spread = other.log_normalisers() - self.log_normalisers() + 0.5 * (self._units - other._units) * expected - 0.5 * trace
        return float(normal + spread.sum())

    def log_density(self, means, covariances):
        """Log density (...,) of means (..., k, d) and covariances in the kind's shape: of each number that the kind has."""
        k, d = self.shape
        lead = means.shape[:-2]
        means, covariances = means.reshape(-1, k, d), covariances.reshape(-1, *self.kind.shape(k, d))
        log_determinants, inverse = _log_determinants(self.kind, covariances, k, d), _inverses(self.kind, covariances, k, d)
        gap = means - self.means
        normal = 0.5 * (d * np.log(self.kappas) - d * _LOG_2PI - log_determinants - self.kappas * np.einsum("mki,mkij,mkj->mk", gap, inverse, gap))
        own = log_determinants[:, :1] if self.kind.shared else log_determinants
        jacobian = {"full": d + 1, "tied": d + 1, "diag": 2, "spherical": 2.0 / d}[self.kind.name]
        spread = -self.log_normalisers() - 0.5 * (self._units + jacobian) * own - 0.5 * _traces(self.kind, inverse, self.scales)
        return (normal.sum(axis=1) + spread.sum(axis=1)).reshape(lead)

    def lowers(self):
        """Factors (k, d, d) of the scales as the kernels of `statsim.kernels.mixture.labels` take them."""
        k, d = self.shape
        out = np.zeros((k, d, d))
        if self.kind.name == "diag":
            out[:, range(d), range(d)] = self.scales
        elif self.kind.name == "spherical":
            out[:, 0, 0] = self.scales
        else:
            out[:] = lower_factors(np.ascontiguousarray(self._matrices))
        return out


def _log_determinants(kind, covariances, k, d):
    """Log determinants (m, k) of covariances (m, shape of the kind)."""
    m = len(covariances)
    if kind.name == "diag":
        return np.log(covariances).sum(axis=2)
    if kind.name == "spherical":
        return d * np.log(covariances)
    return np.broadcast_to(np.linalg.slogdet(covariances)[1].reshape(m, -1), (m, k))


def _inverses(kind, covariances, k, d):
    """Inverse matrices (..., k, d, d) of covariances (..., shape of the kind)."""
    lead = covariances.shape[: covariances.ndim - len(kind.shape(k, d))]
    if kind.name == "diag":
        return (1.0 / covariances)[..., None] * np.eye(d)
    if kind.name == "spherical":
        return (1.0 / covariances)[..., None, None] * np.eye(d)
    inverse = np.linalg.inv(covariances)
    return np.broadcast_to(inverse[..., None, :, :] if kind.shared else inverse, (*lead, k, d, d))


def _traces(kind, inverse, scales):
    """Traces (..., covariances) of each scale times the inverse covariance."""
    if kind.name == "diag":
        return (np.diagonal(inverse, axis1=-2, axis2=-1) * scales).sum(axis=-1)
    if kind.name == "spherical":
        return inverse[..., 0, 0] * scales
    if kind.shared:
        return (inverse[..., :1, :, :] * scales).sum(axis=(-2, -1))
    return (inverse * scales).sum(axis=(-2, -1))
