r"""The M step of autoregressive emissions: levels, coefficients and covariances from the moments of steps and lags.

With v = x_t - mu and y_l = x_{t-l} - mu the weighted sum of :math:`(v - \sum_l \phi_l y_l)^T \Sigma^{-1} (\ldots)` is lowered by Gauss-Newton
steps in levels and coefficients together (each column has regressors of its own, so the columns are tied by the precision: Zellner 1962, JASA 57), halved
where they would raise it, and the covariance is then that of the residuals. Both are repeated until nothing moves (Meng, Rubin 1993,
Biometrika 80); each raises the expected log-likelihood.
"""

import numpy as np

_ROUNDS = 200
_STILL = 1e-12
_HALVINGS = 40
_ROUNDING = 1e-12
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
        means, coefficients = _improved(moments, means, coefficients, precisions)
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


def _improved(moments, means, coefficients, precisions):
    """Levels and coefficients after one Gauss-Newton step of each state."""
    (k, d), p = means.shape, coefficients.shape[1]
    step = _solved(*_normal_equations(moments, means, coefficients, precisions))
    to_means, to_coefficients = step[:, :d], step[:, d:].reshape(k, p, d)
    before, length = _loss(moments, means, coefficients, precisions), np.ones(k)
    for _ in range(_HALVINGS):
        tried = means + length[:, None] * to_means, coefficients + length[:, None, None] * to_coefficients
        worse = ~(_loss(moments, *tried, precisions) <= before * (1.0 + _ROUNDING))
        if not worse.any():
            break
        length[worse] *= 0.5
    length[worse] = 0.0
    return means + length[:, None] * to_means, coefficients + length[:, None, None] * to_coefficients


def _loss(moments, means, coefficients, precisions):
    """Sum of r e^T P e (k,)."""
    return np.einsum("kij,kij->k", precisions, _residuals(_about(moments, means), coefficients))


def _normal_equations(moments, means, coefficients, precisions):
    """Matrices (k, d + p d, d + p d) and right sides of the Gauss-Newton step: levels first, then coefficients by lag."""
    (k, d), p = means.shape, coefficients.shape[1]
    about = _about(moments, means)
    system, right = np.zeros((k, d + p * d, d + p * d)), np.empty((k, d + p * d))
    system[:, d:, d:] = about[:, d:, d:] * np.tile(precisions, (1, p, p))
    pull = np.zeros((k, d))
    for q in range(p + 1):
        kept = 1.0 - coefficients[:, :q].sum(axis=1)
        count = moments[:, q, 0, 0]
        sums = (moments[:, q, 1 : (q + 1) * d + 1, 0].reshape(k, q + 1, d)) - count[:, None, None] * means[:, None, :]
        system[:, :d, :d] += count[:, None, None] * kept[:, :, None] * precisions * kept[:, None, :]
        system[:, :d, d : (q + 1) * d] += (kept[:, :, None] * precisions)[:, :, None, :].repeat(q, 2).reshape(k, d, q * d) * sums[:, 1:].reshape(k, 1, q * d)
        pull += kept * np.einsum("kij,kj->ki", precisions, sums[:, 0] - (coefficients[:, :q] * sums[:, 1:]).sum(axis=1))
    system[:, d:, :d] = np.swapaxes(system[:, :d, d:], 1, 2)
    right[:, :d] = pull
    right[:, d:] = ((about[:, d:, :d] - about[:, d:, d:] @ np.swapaxes(_taken(coefficients), 1, 2)) * np.tile(precisions, (1, p, 1))).sum(axis=2)
    return system, right


def _taken(coefficients):
    """The coefficients as matrices (k, d, p d) that act on all lags."""
    k, p, d = coefficients.shape
    return np.swapaxes(coefficients[:, :, :, None] * np.eye(d), 1, 2).reshape(k, d, p * d)


def _residuals(about, coefficients):
    """Sums of r e e^T (k, d, d)."""
    k, _, d = coefficients.shape
    weights = np.concatenate([np.broadcast_to(np.eye(d), (k, d, d)), -_taken(coefficients)], axis=2)
    products = weights @ about @ np.swapaxes(weights, 1, 2)
    return 0.5 * (products + np.swapaxes(products, 1, 2))


def _solved(systems, right):
    """What solves them, the shortest where some directions are not determined."""
    scale = np.sqrt(np.maximum(np.diagonal(systems, axis1=1, axis2=2), 1e-300))
    scaled, right = systems / scale[:, :, None] / scale[:, None, :], (right / scale)[:, :, None]
    inverse_times = np.linalg.solve(scaled, right) if _is_regular(scaled) else np.linalg.pinv(scaled, rcond=_RANK, hermitian=True) @ right
    return inverse_times[:, :, 0] / scale


def _is_regular(systems):
    """Whether all (k, m, m), with ones on their diagonals, are safely positive definite."""
    try:
        return bool(np.diagonal(np.linalg.cholesky(systems), axis1=1, axis2=2).min() > _LEAST_PIVOT)
    except np.linalg.LinAlgError:
        return False
