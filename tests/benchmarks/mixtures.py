"""The mixture and the data that several jobs share: 10 columns, 8 components with full covariances."""

import numpy as np

N_COLUMNS, N_COMPONENTS = 10, 8


def parameters(seed=1):
    """Weights (8,), means (8, 10), covariances (8, 10, 10)."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(N_COMPONENTS, 5.0))
    means = 3.0 * rng.standard_normal((N_COMPONENTS, N_COLUMNS))
    roots = rng.standard_normal((N_COMPONENTS, N_COLUMNS, N_COLUMNS)) / 3.0
    return weights, means, roots @ roots.transpose(0, 2, 1) + 0.5 * np.eye(N_COLUMNS)


def rows(n, seed=2):
    """Data (n, 10) from that mixture, by NumPy."""
    weights, means, covariances = parameters()
    rng = np.random.default_rng(seed)
    labels = rng.choice(N_COMPONENTS, n, p=weights)
    factors = np.linalg.cholesky(covariances)
    return means[labels] + np.einsum("nij,nj->ni", factors[labels], rng.standard_normal((n, N_COLUMNS)))


def sklearn_mixture(covariance_type="full"):
    """scikit-learn's mixture with those parameters, without a fit."""
    from sklearn.mixture import GaussianMixture
    from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky

    model = GaussianMixture(N_COMPONENTS, covariance_type=covariance_type, random_state=0)
    model.weights_, model.means_, covariances = parameters()
    model.covariances_ = np.diagonal(covariances, axis1=1, axis2=2).copy() if covariance_type == "diag" else covariances
    model.precisions_cholesky_ = _compute_precision_cholesky(model.covariances_, covariance_type)
    model.n_features_in_ = N_COLUMNS
    return model


def our_mixture():
    """statsim's mixture with those parameters."""
    import statsim

    weights, means, covariances = parameters()
    return statsim.GaussianMixture.from_parameters(weights=weights, means=means, covariances=covariances)
