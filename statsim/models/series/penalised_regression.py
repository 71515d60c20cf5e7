r"""Autoregressions with penalised coefficients: each column is regressed on the past, given the first values.

Ridge (A. Hoerl, R. Kennard, Technometrics 12, 1970), lasso (R. Tibshirani, JRSS B 58, 1996; for vector autoregressions N.-J. Hsu, H.-L. Hung, Y.-M. Chang, Computational
Statistics and Data Analysis 52, 2008) and elastic net, per window of weight: :math:`\sum_i \tfrac12 |y_i - x b_i|^2 + n \sum_i \lambda (a |b_i|_1 + \tfrac{1 - a}{2} |b_i|^2)`
is least. Intercept and slope are free. With `standardise` all columns, the regressed ones too, are those of variance 1, so units do not matter.
"""

import numpy as np

from statsim.errors import FitError
from statsim.models.series.autoregressive_steps import AutoregressiveSteps
from statsim.models.series.series_moments import windows

_TIGHT = 1e-13  # conditions kept, of the largest slope at 0
_SWEEPS = 100_000


class PenalisedRegression:
    """The problem of `AutoregressiveSteps` under an `ElasticNet` penalty; solved in closed form where it has no absolute values."""

    loop = "closed form"
    criterion = "penalised log-likelihood"
    prior = None

    def __init__(self, steps, penalty):
        self.steps, self.penalty = steps, penalty
        self._scale = _standard_deviations(steps) if penalty.standardise else 1.0 / steps.rows.scale

    def solve(self):
        """The point, and minus half the penalised squares in the units of the penalty."""
        steps = self.steps
        xx, xy, count = steps.cross_products()
        terms = len(xx) - steps.order * steps.width
        regressors = np.tile(self._scale, steps.order)
        trend, lags = slice(0, terms), slice(terms, None)
        across = np.linalg.solve(xx[trend, trend], xx[trend, lags]) if terms else np.zeros((0, len(regressors)))
        G = (xx[lags, lags] - xx[lags, trend] @ across) / np.outer(regressors, regressors) / count
        l1, l2 = self.penalty.weights
        slopes = np.zeros((len(xx), steps.width))
        for _ in range(2):  # once more from the residuals themselves, which no cancellation touches
            left = steps.residual_products(slopes)[0] if slopes.any() else xy
            pull = (left[lags] - across.T @ left[trend]) / regressors[:, None] / self._scale / count
            b = slopes[lags] * regressors[:, None] / self._scale
            fresh = np.column_stack([_best(G, pull[:, i] + G @ b[:, i], b[:, i], l1, l2) for i in range(steps.width)]) if len(G) else b
            change = (fresh - b) * self._scale / regressors[:, None]
            slopes[lags] += change
            slopes[trend] += (np.linalg.solve(xx[trend, trend], left[trend]) if terms else 0.0) - across @ change
        noise = steps.residual_products(slopes)[1] / count
        penalised = count * (l1 * np.abs(fresh).sum() + 0.5 * l2 * np.square(fresh).sum())
        point = steps.from_regression(slopes, noise)
        return point, float(-0.5 * count * (np.diagonal(noise) / self._scale**2).sum() - penalised)


def _standard_deviations(steps):
    """Of each column in the units of the fit, over all windows."""
    found = windows(steps.rows, steps.order)
    last = 2 + steps.order * steps.width
    mean = found.second[0, last:] / found.count
    return np.sqrt(np.diagonal(found.second)[last:] / found.count - mean**2)


def _best(G, c, b, l1, l2):
    """The b (p,) where 1/2 b'G b - c'b + l1 |b|_1 + l2 / 2 |b|^2 is least."""
    if l1 == 0.0:
        ridge = G + l2 * np.eye(len(G))
        if np.linalg.cond(ridge) > 1e14:
            raise FitError("the regressors are linearly dependent, and the penalty does not choose among the answers; raise its strength, or use a lower order")
        return np.linalg.solve(ridge, c)
    from statsim.kernels.regression.descent import descend

    b, G = b.copy(), np.ascontiguousarray(G)
    _, left = descend(G, c, l1, l2, b, c - G @ b, _TIGHT * max(np.abs(c).max(), 1e-300), _SWEEPS)
    if left > 1e-6 * np.abs(c).max():
        raise FitError(f"coordinate descent did not settle in {_SWEEPS} sweeps; add squares to the penalty: ElasticNet(strength=..., l1_ratio=0.9)")
    return b


def penalised(rows, order, trend, penalty):
    """`PenalisedRegression` of `Prepared` values."""
    return PenalisedRegression(AutoregressiveSteps(rows, order, trend), penalty)
