r"""Least squares from cross products, refined once from the residuals.

The normal equations :math:`X'X B = X'Y` lose half of the digits where columns are nearly dependent; the residuals
:math:`R = Y - X B` are then formed from the data themselves, B is corrected by the solution for :math:`X'R`, and the covariance is
:math:`R'R / n`, which no cancellation touches. Björck (1996), Numerical Methods for Least Squares Problems, section 2.9. This file knows no model.
"""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import FitError
from statsim.estimators.closed_form import closed_form

_DEPENDENT = 1e-12  # share of a regressor's variance that must be its own


@dataclass(frozen=True)
class LeastSquares:
    """How to fit by least squares, the maximum of the likelihood given the first values.

    The noise covariance is the mean product of residuals (divisor n).

    Examples
    --------
    >>> LeastSquares()
    LeastSquares()
    """

    name: ClassVar[str] = "ols"

    def fit(self, steps, *, key=None, first=None):
        """Solve for the regression that `steps` describes.

        Parameters
        ----------
        steps : object
            `cross_products()` gives X'X (r, r), X'Y (r, k) and n; `residual_products(B)` gives X'R, R'R;
            `from_regression(B, covariance)` the state, and `objective(state)` its log-likelihood.
        key, first : ignored

        Returns
        -------
        state, FitResult

        Raises
        ------
        FitError
            When a regressor is a linear function of the others.
        """
        began = time.perf_counter()
        xx, xy, n = steps.cross_products()
        solve = _solver(xx)
        slopes = solve(xy)
        slopes = slopes + solve(steps.residual_products(slopes)[0])
        state = steps.from_regression(slopes, steps.residual_products(slopes)[1] / n)
        return state, closed_form(steps.objective(state), time.perf_counter() - began)


def _solver(xx):
    """The function b -> xx^-1 b."""
    if not len(xx):
        return lambda b: b
    scale = np.sqrt(np.maximum(np.diagonal(xx), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = xx / scale[:, None] / scale
    try:
        factor = np.linalg.cholesky(unit)
    except np.linalg.LinAlgError:
        factor = np.zeros((1, 1))
    if not (np.diagonal(factor) ** 2).min() > _DEPENDENT:
        raise FitError(
            "the regressors are linearly dependent, so least squares has no one answer; use a lower order or a smaller trend, "
            "leave a column out, or look for a value that dwarfs all others"
        )

    def solve(b):
        return np.linalg.solve(factor.T, np.linalg.solve(factor, b / scale[:, None])) / scale[:, None]

    return solve
