r"""The Minnesota prior of a vector autoregression.

R. Litterman, Journal of Business and Economic Statistics 4 (1986); T. Doan, R. Litterman, C. Sims, Econometric Reviews 3 (1984); in its conjugate form by M. Banbura,
D. Giannone, L. Reichlin, Journal of Applied Econometrics 25 (2010), section 2: given the noise covariance, coefficient (i, j) of lag l has the mean
:math:`\delta` for i = j, l = 1 and 0 otherwise, and the variance :math:`\lambda^2 \Sigma_{ii} / (l^{2d} s_j^2)`, s the residual spreads of univariate autoregressions; sums of coefficients as dummy
observations.
"""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.distributions.priors.matrix_normal_inverse_wishart import MatrixNormalInverseWishart
from statsim.errors import ArgumentError


@dataclass(frozen=True)
class Minnesota:
    """Shrinkage of a vector autoregression to independent random walks, or to independent noise.

    Parameters
    ----------
    tightness : float
        lambda: the prior standard deviation of a column's own first coefficient. 0.2 is Litterman's; the larger, the weaker.
    decay : float
        d: lags shrink by l to this power; 1 is harmonic.
    own_first_lag : float
        delta: the prior mean of a column's own first coefficient. 1 is a random walk, 0 is for series that return to their mean.
    intercept_scale : float
        Prior standard deviation of intercept and slope, in residual spreads of the column, about the middle of the data.
    sum_of_coefficients : float, optional
        tau of the dummy observations that pull the own coefficients' sums to delta; the smaller, the stronger. Default: none.
    df : float, optional
        Degrees of freedom of the inverse Wishart law of the noise covariance, above k + 1; default k + 2. Its mean is diag(s^2).
    stationary : bool
        Draws without a stationary law are drawn again: the prior is cut off to the others.

    Examples
    --------
    >>> Minnesota(tightness=0.1)
    Minnesota(tightness=0.1, decay=1.0, own_first_lag=1.0, intercept_scale=100.0, sum_of_coefficients=None, df=None, stationary=False)
    """

    tightness: float = 0.2
    decay: float = 1.0
    own_first_lag: float = 1.0
    intercept_scale: float = 100.0
    sum_of_coefficients: float | None = None
    df: float | None = None
    stationary: bool = False

    def __post_init__(self):
        for name in ("tightness", "intercept_scale"):
            checks.real(getattr(self, name), name, minimum=0.0, open_minimum=True)
        checks.real(self.decay, "decay", minimum=0.0)
        checks.real(self.own_first_lag, "own_first_lag")
        if self.sum_of_coefficients is not None:
            checks.real(self.sum_of_coefficients, "sum_of_coefficients", minimum=0.0, open_minimum=True)
        if self.df is not None:
            checks.real(self.df, "df", minimum=0.0, open_minimum=True)
        if not isinstance(self.stationary, (bool, np.bool_)):
            raise ArgumentError(f"stationary must be True or False, got {self.stationary!r}")

    def conjugate(self, spreads, levels, *, order, terms):
        """The `MatrixNormalInverseWishart` for columns with residual spreads s (k,) and levels (k,).

        Parameters
        ----------
        spreads : array (k,)
        levels : array (k,)
            Means of the columns, where the dummy observations of the sums stand.
        order : int
        terms : int
            Rows before the lags: 0, 1 (intercept) or 2 (and slope).
        """
        k = len(spreads)
        df = k + 2.0 if self.df is None else self.df
        if not df > k + 1:
            raise ArgumentError(f"df of Minnesota must be above {k + 1} for {k} column(s), so that the noise covariance has a mean; got {df!r}")
        lags = np.repeat(np.arange(1.0, order + 1), k)
        variances = np.concatenate([np.full(terms, self.intercept_scale**2), (self.tightness / (lags**self.decay * np.tile(spreads, order))) ** 2])
        mean = np.zeros((terms + order * k, k))
        if order:
            mean[terms : terms + k] = self.own_first_lag * np.eye(k)
        if not len(mean):
            raise ArgumentError("order=0 and trend='n' leave no coefficient, and Minnesota is a prior of coefficients; use method='mle'")
        prior = MatrixNormalInverseWishart(mean, np.diag(variances), np.diag(spreads**2 * (df - k - 1)), df, self.stationary)
        if self.sum_of_coefficients is None or not order:
            return prior
        size = np.where(np.abs(levels) > 0, np.abs(levels), spreads) / self.sum_of_coefficients
        X = np.concatenate([np.zeros((k, terms)), np.tile(np.diag(size), order)], axis=1)
        Y = np.diag(size) * self.own_first_lag
        return prior.updated(X.T @ X, X.T @ Y, Y.T @ Y, float(k))
