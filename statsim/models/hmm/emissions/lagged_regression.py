r"""The M step of autoregressive emissions: levels, coefficients and covariances from the moments of steps and lags.

With v = x_t - mu and y_l = x_{t-l} - mu the weighted sum of :math:`(v - \sum_l \phi_l y_l)^T \Sigma^{-1} (\ldots)` is least in the
coefficients for given levels (generalised least squares, since each column has regressors of its own: Zellner 1962, JASA 57), least in the levels for
given coefficients, and the covariance is that of the residuals. The three are solved in turn until none moves (Meng, Rubin 1993,
Biometrika 80); each raises the expected log-likelihood.
"""

import numpy as np

_ROUNDS = 200
_STILL = 1e-12
_RANK = 1e-13
_LEAST_PIVOT = 1e-5


def fitted(moments, means, coefficients, covariances, kind, bound):
    """Levels (k, d), coefficients (k, p, d) and covariances (as `kind` has them) of the greatest expected log-likelihood.

    Parameters
    ----------
    moments : (k, p + 1, D, D)
        From `add_lagged_moments`, both triangles.
    means, coefficients, covariances : (k, d), (k, p, d), (k, d, d)
        Where to begin.
    kind : CovarianceKind
    bound : float
        Least eigenvalue of a covariance; 0 for none.
    """
    k, d = means.shape
    weights = moments[:, :, 0, 0].sum(axis=1)
    for _ in range(_ROUNDS):
        before = np.concatenate([means.ravel(), coefficients.ravel(), covariances.ravel()])
        precisions = np.linalg.inv(covariances)
        coefficients = _coefficients(_about(moments, means), precisions, coefficients)
        means = _levels(moments, coefficients, precisions, means)
        residuals = _residuals(_about(moments, means), coefficients)
        central = np.diagonal(residuals, axis1=1, axis2=2)[:, None, :] if kind.diagonal else residuals
        parameters = kind.estimate(weights, central, d)
        parameters = kind.bounded(parameters, np.full(d, bound)) if bound else parameters
        covariances = np.array(kind.dense(parameters, k, d))
        after = np.concatenate([means.ravel(), coefficients.ravel(), covariances.ravel()])
        if np.abs(after - before).max() <= _STILL * np.abs(after).max():
            break
    return np.ascontiguousarray(means), np.ascontiguousarray(coefficients), np.ascontiguousarray(parameters)


def _about(moments, means):
    """Sums (k, (p + 1) d, (p + 1) d) of r u u^T, u = (x_t - mu, x_{t-1} - mu, ..., x_{t-p} - mu), lags before the beginning at mu."""
    n_lags, d = moments.shape[1] - 1, means.shape[1]
    total = moments[:, :, 1:, 1:].sum(axis=1)
    for q in range(n_lags + 1):
        size = (q + 1) * d
        shift, first = np.tile(means, q + 1), moments[:, q, 1 : size + 1, 0]
        cross = first[:, :, None] * shift[:, None, :]
        square = moments[:, q, 0, 0, None, None] * shift[:, :, None] * shift[:, None, :]
        total[:, :size, :size] += square - cross - np.swapaxes(cross, 1, 2)
    return total


def _coefficients(about, precisions, present):
    """Generalised least squares (k, p, d)."""
    k, p, d = present.shape
    lags = about[:, d:, d:] * np.tile(precisions, (1, p, p))
    pulled = (about[:, d:, :d] * np.tile(precisions, (1, p, 1))).sum(axis=2)
    return present + _correction(lags, pulled, present.reshape(k, p * d)).reshape(present.shape)


def _levels(moments, coefficients, precisions, present):
    """The levels (k, d) for given coefficients."""
    k, p, d = coefficients.shape
    system, pulled = np.zeros((k, d, d)), np.zeros((k, d))
    for q in range(p + 1):
        kept = 1.0 - coefficients[:, :q].sum(axis=1)
        steps = moments[:, q, 1 : (q + 1) * d + 1, 0].reshape(k, q + 1, d)
        moved = steps[:, 0] - (coefficients[:, :q] * steps[:, 1:]).sum(axis=1)
        system += moments[:, q, 0, 0, None, None] * kept[:, :, None] * precisions * kept[:, None, :]
        pulled += kept * np.einsum("kij,kj->ki", precisions, moved)
    return present + _correction(system, pulled, present)


def _residuals(about, coefficients):
    """Sums of r e e^T (k, d, d)."""
    k, p, d = coefficients.shape
    taken = -np.swapaxes(coefficients[:, :, :, None] * np.eye(d), 1, 2).reshape(k, d, p * d)
    weights = np.concatenate([np.broadcast_to(np.eye(d), (k, d, d)), taken], axis=2)
    products = weights @ about @ np.swapaxes(weights, 1, 2)
    return 0.5 * (products + np.swapaxes(products, 1, 2))


def _correction(systems, right, present):
    """What solves systems (present + x) = right, the shortest x where some directions are not determined."""
    scale = np.sqrt(np.maximum(np.diagonal(systems, axis1=1, axis2=2), 1e-300))
    scaled = systems / scale[:, :, None] / scale[:, None, :]
    lacking = (right - np.einsum("kij,kj->ki", systems, present)) / scale
    if _is_regular(scaled):
        return np.linalg.solve(scaled, lacking[:, :, None])[:, :, 0] / scale
    return np.einsum("kij,kj->ki", np.linalg.pinv(scaled, rcond=_RANK, hermitian=True), lacking) / scale


def _is_regular(systems):
    """Whether all (k, m, m), with ones on their diagonals, are safely positive definite."""
    try:
        return bool(np.diagonal(np.linalg.cholesky(systems), axis1=1, axis2=2).min() > _LEAST_PIVOT)
    except np.linalg.LinAlgError:
        return False
