"""What every kind of covariance offers to a mixture of k components in d columns.

`parameters` is an array in scikit-learn's shape for the kind. `central` holds the sums of r (x - m)(x - m)^T about the new
component means: (k, p, p) with p >= d, or (k, 1, d) where `diagonal` is true.
"""

from abc import ABC, abstractmethod

import numpy as np

from statsim.kernels.cholesky import cholesky, inverse_factors

PIVOT_TOLERANCE = 1e-14
"""A column of which less than this share of variance is its own is a linear function of the columns before it."""


class CovarianceKind(ABC):
    """One family of covariance matrices and its maximum-likelihood estimate."""

    name: str
    diagonal: bool
    shared: bool = False

    @abstractmethod
    def shape(self, k, d):
        """Shape of the parameters."""

    @abstractmethod
    def n_parameters(self, k, d):
        """Number of free parameters."""

    @abstractmethod
    def estimate(self, weights, central, d):
        """Parameters that maximise the likelihood; `weights` (k,) are the sums of r."""

    @abstractmethod
    def bounded(self, parameters, floor):
        """`parameters` with every eigenvalue, in units of the columns' `floor` (d,) variances, raised to at least one."""

    @abstractmethod
    def dense(self, parameters, k, d):
        """Matrices (k, d, d)."""

    @abstractmethod
    def from_dense(self, matrices):
        """Parameters from matrices (k, d, d) that are of this kind."""

    @abstractmethod
    def factors(self, parameters, k, d):
        """Precision factors in the layout of `statsim.kernels.mixture.density`, and their log determinants (k,).

        None when a matrix is not positive definite.
        """

    def is_positive(self, parameters, d):
        """True when every matrix is positive definite to working precision; costs less than `factors`."""
        if self.diagonal:
            return bool((parameters > 0).all())
        return lower_factors(self.dense(parameters, *self._sizes(parameters, d)), PIVOT_TOLERANCE) is not None

    def rescaled(self, parameters, scale):
        """Parameters after column j was multiplied by `scale[j]`; the scales of a spherical kind are equal."""
        return self.from_dense(self.dense(parameters, *self._sizes(parameters, len(scale))) * scale[:, None] * scale)

    def marginal(self, parameters, d, columns):
        """Parameters of the columns `columns`."""
        dense = self.dense(parameters, *self._sizes(parameters, d))
        return self.from_dense(dense[:, columns][:, :, columns])

    def _sizes(self, parameters, d):
        """(k, d); one component stands for all where the parameters are shared."""
        return (1 if self.shared else len(parameters)), d


def padded(d):
    """Size of the factor of a full covariance of d columns."""
    return 1 if d == 1 else -(-d // 2) * 2


def lower_factors(matrices, tolerance=0.0):
    """Lower Cholesky factors (k, d, d), or None when a pivot is not above `tolerance` times its diagonal element."""
    out = np.zeros(matrices.shape)
    return out if cholesky(np.ascontiguousarray(matrices), tolerance, out) < 0 else None


def precision_factors(matrices):
    """Inverse Cholesky factors (k, p, p) with a margin of zeros and their log determinants, or None."""
    k, d, _ = matrices.shape
    out, log_determinants = np.zeros((k, padded(d), padded(d))), np.empty(k)
    bad = inverse_factors(np.ascontiguousarray(matrices), PIVOT_TOLERANCE, out, log_determinants)
    return (out, log_determinants) if bad < 0 else None


def reciprocal_roots(variances):
    """`precision_factors` for diagonal covariances with `variances` (k, d)."""
    if not (variances > 0).all():
        return None
    roots = 1.0 / np.sqrt(variances)
    return np.ascontiguousarray(roots[:, None, :]), np.log(roots).sum(axis=1)


def clipped(matrices, floor):
    """`matrices` with eigenvalues in units of `floor` raised to 1; those already above are left bit for bit."""
    root = np.sqrt(floor)
    values, vectors = np.linalg.eigh(matrices / root[:, None] / root)
    below = values[:, 0] < 1.0
    if not below.any():
        return matrices.copy()
    vectors = vectors[below]
    raised = (vectors * np.maximum(values[below], 1.0)[:, None, :]) @ vectors.transpose(0, 2, 1)
    out = matrices.copy()
    out[below] = (raised + raised.transpose(0, 2, 1)) / 2 * root[:, None] * root
    return out
