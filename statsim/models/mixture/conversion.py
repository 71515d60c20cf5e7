"""Gaussian mixtures to and from scikit-learn."""

import numpy as np

from statsim.distributions.covariance import covariance_kind, lower_factors
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.mixture.parameters import checked_parameters


def to_sklearn(parameters, names):
    """A fitted `sklearn.mixture.GaussianMixture` with these parameters.

    Raises
    ------
    ArgumentError
        For constant columns: scikit-learn needs a precision, and a point mass has none.
    """
    from sklearn.mixture import GaussianMixture

    if parameters.constant.any():
        columns = np.flatnonzero(parameters.constant).tolist()
        raise ArgumentError(f"columns {columns} are constant; scikit-learn has no point mass: use marginal() to leave them out")
    kind = parameters.kind.name
    estimator = GaussianMixture(len(parameters.weights), covariance_type=kind)
    estimator.weights_, estimator.means_ = parameters.weights.copy(), parameters.means.copy()
    estimator.covariances_ = np.array(parameters.covariances)
    estimator.precisions_cholesky_ = _precisions_cholesky(kind, estimator.covariances_)
    estimator.precisions_ = _precisions(kind, estimator.precisions_cholesky_)
    estimator.converged_, estimator.n_iter_, estimator.lower_bound_ = True, 0, float("nan")
    estimator.n_features_in_ = parameters.shape[1]
    if names is not None:
        estimator.feature_names_in_ = names
    return estimator


def from_sklearn(estimator):
    """`MixtureParameters` and column names of a fitted `sklearn.mixture.GaussianMixture`."""
    needed = ("weights_", "means_", "covariances_", "covariance_type")
    lacking = [name for name in needed if not hasattr(estimator, name)]
    if lacking:
        raise ArgumentTypeError(f"estimator must be a fitted sklearn GaussianMixture; {type(estimator).__name__} has no {lacking[0]}")
    kind = covariance_kind(estimator.covariance_type)
    weights = np.asarray(estimator.weights_, dtype=float)
    parameters = checked_parameters(kind, weights / weights.sum(), estimator.means_, estimator.covariances_)
    return parameters, getattr(estimator, "feature_names_in_", None)


def _precisions_cholesky(kind, covariances):
    if kind in ("diag", "spherical"):
        return 1.0 / np.sqrt(covariances)
    lower = lower_factors(np.atleast_3d(covariances) if kind == "full" else covariances[None])
    upper = np.swapaxes(np.linalg.inv(lower), 1, 2)
    return upper if kind == "full" else upper[0]


def _precisions(kind, factor):
    return factor**2 if kind in ("diag", "spherical") else factor @ np.swapaxes(factor, -1, -2)
