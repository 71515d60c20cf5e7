r"""The graphical lasso: a penalty on the absolute partial associations of a normal law.

J. Friedman, T. Hastie, R. Tibshirani, Biostatistics 9 (2008). Maximise :math:`\log\det X - tr(S X) - \lambda \sum_{i \ne j} |X_{ij}|` over precisions X, by the
Newton steps of C. Hsieh et al., "Sparse inverse covariance matrix estimation using quadratic approximation" (NIPS 2011): the direction by coordinate
descent over the free entries (`statsim.kernels.graphical_lasso`), its length by halving until the objective gains enough. The run ends at a duality gap.
"""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import FitError
from statsim.distributions.penalties.standard_units import in_standard_units

_ARMIJO = 1e-3
_ROUNDING = 1e-14  # of the objective's size: near the end the gain of a step is lost in it
_HALVINGS = 40
_SWEEPS = 1000  # of coordinate descent at most; a Newton step far from the end need not be accurate
_ROUGH, _FINE = 0.1, 1e-6


@dataclass(frozen=True)
class GraphicalLasso:
    """Sparse precisions: `alpha` times the absolute entries beside the diagonal, on the scale of correlations.

    Parameters
    ----------
    alpha : float
        Not negative; at 1 and above every column is independent of the others. It applies to columns of standard deviation 1, so the answer does not
        depend on units.
    max_iter : int
        Newton steps at most.
    tol : float
        The run ends when the objective is known to be within this, per column, of the best.

    Examples
    --------
    >>> import numpy as np
    >>> covariance = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> GraphicalLasso(alpha=0.2).shrink(covariance).round(6).tolist()
    [[1.0, 0.3], [0.3, 1.0]]
    """

    alpha: float = 0.1
    max_iter: int = 100
    tol: float = 1e-8

    def __post_init__(self):
        checks.real(self.alpha, "alpha", minimum=0.0)
        checks.integer(self.max_iter, "max_iter", minimum=1)
        checks.real(self.tol, "tol", minimum=0.0, open_minimum=True)

    def shrink(self, covariance, *, n=None, rows=None, weights=None):
        """The covariance (d, d) whose inverse is best under the penalty, from the covariance of the rows; the number of rows and the rows say nothing more.

        Raises
        ------
        ArgumentError
            For a covariance with a variance that is not positive.
        FitError
            When `max_iter` steps do not come within `tol`.
        """
        return self.pair(covariance)[0]

    def pair(self, covariance):
        """What `shrink` gives, and its inverse with exact zeros."""
        found = {}

        def shrunk(matrix, _):
            found["precision"], inverse = solve(matrix, self.alpha, max_iter=self.max_iter, tol=self.tol)
            return inverse

        scale = np.sqrt(np.diagonal(covariance))
        return in_standard_units(shrunk, covariance, None, True), found["precision"] / np.outer(scale, scale)

    def value(self, covariance):
        """What is subtracted from the log-likelihood of one row at the covariance of a fit."""
        scale = np.sqrt(np.diagonal(covariance))
        precision = np.linalg.inv(covariance / np.outer(scale, scale))
        return 0.5 * self.alpha * float(np.abs(precision - np.diag(np.diagonal(precision))).sum())


def solve(covariance, alpha, *, max_iter=100, tol=1e-8, start=None):
    """Precision (p, p), exactly symmetric and with exact zeros, and its inverse.

    Parameters
    ----------
    covariance : (p, p), positive diagonal
    alpha : float, or (p, p) penalties of single entries
    max_iter : int
    tol : float
        Duality gap per column at which to stop.
    start : (p, p), optional
        A positive definite precision to begin at.

    Raises
    ------
    FitError
        When `max_iter` steps do not reach `tol`: `alpha` is too small for a covariance of low rank, or `tol` below rounding.
    """
    from statsim.kernels.graphical_lasso import free_entries, newton_direction

    S, p = np.ascontiguousarray(covariance, float), len(covariance)
    penalties = np.array(np.broadcast_to(np.asarray(alpha, float), (p, p)))
    np.fill_diagonal(penalties, 0.0)
    if not penalties.any():
        return _inverted(S)
    X = np.diag(1.0 / np.diagonal(S)) if start is None else start.copy()
    value, W = _objective(X, S, penalties)
    begins, columns = np.empty(p + 1, np.int64), np.empty(p * (p - 1) // 2, np.int64)
    for iteration in range(max_iter):
        if _gap(value, W, S, penalties) <= tol * p:
            return X, W
        direction = np.zeros((p, p))
        free_entries(S, X, W, penalties, begins, columns)
        newton_direction(S, X, W, penalties, begins, columns, _SWEEPS, max(_ROUGH * 0.5**iteration, _FINE), direction)
        X, value, W = _searched(X, value, W, direction, S, penalties)
    if _gap(value, W, S, penalties) <= tol * p:
        return X, W
    raise FitError(
        f"the graphical lasso did not come within tol={tol:g} in max_iter={max_iter} steps (gap {_gap(value, W, S, penalties):.2g}); raise alpha from {np.max(penalties):g}, "
        f"or max_iter"
    )


def _inverted(S):
    """Without a penalty the answer is the inverse."""
    if not np.linalg.eigvalsh(S).min() > 1e-12 * np.diagonal(S).max():
        raise FitError("alpha=0: the covariance has no inverse (linearly dependent columns, or fewer rows than columns); give alpha above 0")
    return np.linalg.inv(S), S.copy()


def _objective(X, S, penalties):
    """-log det X + tr(S X) + penalties, and the inverse of X; infinity and None where X is not positive definite."""
    try:
        lower = np.linalg.cholesky(X)
    except np.linalg.LinAlgError:
        return np.inf, None
    value = -2 * np.log(np.diagonal(lower)).sum() + np.vdot(S, X) + np.vdot(penalties, np.abs(X))
    inverse = np.linalg.inv(X)
    return float(value), (inverse + inverse.T) / 2


def _gap(value, W, S, penalties):
    """Distance to the best objective at most: from the dual point nearest to W, log det + p there."""
    dual = S + np.clip(W - S, -penalties, penalties)
    np.fill_diagonal(dual, np.diagonal(S))
    sign, logdet = np.linalg.slogdet(dual)
    return value - (logdet + len(S)) if sign > 0 else np.inf


def _searched(X, value, W, direction, S, penalties):
    """The point along `direction` that gains enough."""
    slope = np.vdot(S - W, direction) + np.vdot(penalties, np.abs(X + direction) - np.abs(X))
    length = 1.0
    for _ in range(_HALVINGS):
        there = X + length * direction
        reached, inverse = _objective(there, S, penalties)
        if reached <= value + _ARMIJO * length * slope + _ROUNDING * (1.0 + abs(value)):
            return there, reached, inverse
        length *= 0.5
    return X, value, W
