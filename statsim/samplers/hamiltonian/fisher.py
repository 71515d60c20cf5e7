r"""The covariance that draws and their gradients say together.

Seyboldt, Carlson, Carpenter (2026), Preconditioning Hamiltonian Monte Carlo by minimizing Fisher divergence: within the space
spanned by the draws and gradients of a window the best inverse metric is the geometric mean of the covariance of the draws and the
inverse covariance of the gradients (exact for a normal target from a handful of draws). Every covariance is regularised towards one,
which asks for coordinates that are scaled already.
"""

import numpy as np

CUTOFF = 2.0
SHRINKAGE = 1e-5
_MOST = 100


def low_rank_factor(draws, gradients):
    """The `factor` of a LOW_RANK metric from draws and gradients (n, d) in scaled coordinates.

    Directions whose variance lies within a factor `CUTOFF` of one are left alone.

    Returns
    -------
    ndarray (r + 1, d)
        The rows of U^T, orthonormal, and then their r stretches (padded with ones).
    """
    basis, mean = _mean_in_span(draws, gradients)
    variances, directions = np.linalg.eigh(mean)
    keep = (variances > CUTOFF) | (variances < 1.0 / CUTOFF)
    factor = np.ones((int(keep.sum()) + 1, draws.shape[1]))
    factor[:-1] = (basis @ directions[:, keep]).T
    factor[-1, : int(keep.sum())] = np.sqrt(variances[keep])
    return np.ascontiguousarray(factor)


def dense_covariance(draws, gradients):
    """The covariance (d, d) in scaled coordinates: the geometric mean in the span of the window, one across it."""
    basis, mean = _mean_in_span(draws, gradients)
    return np.eye(draws.shape[1]) + basis @ (mean - np.eye(len(mean))) @ basis.T


def _mean_in_span(draws, gradients):
    """An orthonormal basis (d, r) of the window, and the geometric mean (r, r) in it."""
    n, d = draws.shape
    draws, gradients = draws - draws.mean(axis=0), gradients - gradients.mean(axis=0)
    basis = _basis(draws, gradients, min(_MOST, n - 1, d)) if n <= d or d > _MOST else np.eye(d)
    return basis, _geometric_mean(*(_covariance(part @ basis) for part in (draws, gradients)))


def _basis(draws, gradients, rank):
    """Orthonormal columns (d, r) that span the leading directions of both."""
    leading = [np.linalg.svd(part, full_matrices=False)[2][:rank] for part in (draws, gradients)]
    columns, sizes, _ = np.linalg.svd(np.concatenate(leading).T, full_matrices=False)
    return columns[:, sizes > 1e-8 * sizes[0]]


def _covariance(rows):
    n = len(rows)
    size = rows.shape[1]
    return (rows.T @ rows + SHRINKAGE * n * np.eye(size)) / n


def _geometric_mean(of_draws, of_gradients):
    """The matrix M with M G M = C: the mean of C and the inverse of G.

    With G = R^T R it is R^-1 S R^-T, S^2 = R C R^T: one eigenvalue problem. One where G is singular to working precision, as gradients
    with very heavy tails make it: scales are then all that can be learned.
    """
    try:
        root = np.linalg.cholesky(of_gradients).T
    except np.linalg.LinAlgError:
        return np.eye(len(of_draws))
    back = np.linalg.inv(root)
    return back @ _square_root(root @ of_draws @ root.T) @ back.T


def _square_root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
