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
    means, coefficients = means.copy(), coefficients.copy()
    weights = moments[:, :, 0, 0].sum(axis=1)
    for _ in range(_ROUNDS):
        before = np.concatenate([means.ravel(), coefficients.ravel(), covariances.ravel()])
        residuals = np.empty((k, d, d))
        for c in range(k):
            precision = np.linalg.pinv(covariances[c], hermitian=True)
            coefficients[c] = _coefficients(_about(moments[c], means[c]), precision, coefficients[c])
            means[c] = _level(moments[c], coefficients[c], precision, means[c])
            residuals[c] = _residual(_about(moments[c], means[c]), coefficients[c])
        central = np.diagonal(residuals, axis1=1, axis2=2)[:, None, :] if kind.diagonal else residuals
        parameters = kind.estimate(weights, central, d)
        parameters = kind.bounded(parameters, np.full(d, bound)) if bound else parameters
        covariances = np.array(kind.dense(parameters, k, d))
        after = np.concatenate([means.ravel(), coefficients.ravel(), covariances.ravel()])
        if np.abs(after - before).max() <= _STILL * np.abs(after).max():
            break
    return means, coefficients, np.ascontiguousarray(parameters)


def _about(moments, mean):
    """Sum of r u u^T, u = (x_t - mu, x_{t-1} - mu, ..., x_{t-p} - mu), lags before the beginning at mu."""
    n_lags, d = len(moments) - 1, len(mean)
    total = np.zeros(((n_lags + 1) * d,) * 2)
    for q, part in enumerate(moments):
        size = (q + 1) * d
        shift = np.tile(mean, q + 1)
        first = part[1 : size + 1, 0]
        total[:size, :size] += part[1 : size + 1, 1 : size + 1] - np.outer(first, shift) - np.outer(shift, first) + part[0, 0] * np.outer(shift, shift)
    return total


def _coefficients(about, precision, present):
    """Generalised least squares (p, d)."""
    p, d = present.shape
    lags = about[d:, d:] * np.tile(precision, (p, p))
    pulled = (about[d:, :d] * np.tile(precision, (p, 1))).sum(axis=1)
    return present + _solved(lags, pulled - lags @ present.ravel()).reshape(p, d)


def _level(moments, coefficients, precision, present):
    """The level (d,) for given coefficients."""
    p, d = coefficients.shape
    system, pulled = np.zeros((d, d)), np.zeros(d)
    for q, part in enumerate(moments):
        kept = 1.0 - coefficients[:q].sum(axis=0)
        steps = part[1 : (q + 1) * d + 1, 0].reshape(q + 1, d)
        moved = steps[0] - (coefficients[:q] * steps[1:]).sum(axis=0)
        system += part[0, 0] * kept[:, None] * precision * kept
        pulled += kept * (precision @ moved)
    return present + _solved(system, pulled - system @ present)


def _residual(about, coefficients):
    """Sum of r e e^T (d, d)."""
    p, d = coefficients.shape
    weights = np.concatenate([np.eye(d), *(-np.diag(row) for row in coefficients)], axis=1)
    product = weights @ about @ weights.T
    return 0.5 * (product + product.T)


def _solved(system, right):
    """The shortest solution, also where some directions are not determined."""
    scale = np.sqrt(np.maximum(np.diagonal(system), 1e-300))
    return np.linalg.lstsq(system / scale[:, None] / scale, right / scale, rcond=_RANK)[0] / scale
