"""Vector autoregressions. Lütkepohl (2005), New Introduction to Multiple Time Series Analysis, chapters 2 and 3."""

from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.estimators.bayes import Bayes
from statsim.estimators.least_squares import LeastSquares
from statsim.estimators.likelihood_ascent import LikelihoodAscent
from statsim.estimators.map import MAP
from statsim.estimators.yule_walker import YuleWalker
from statsim.models.series import checked
from statsim.models.series.autoregressive_law import AutoregressiveLaw, checked_law
from statsim.models.series.autoregressive_model import AutoregressiveModel


class VectorAutoRegression(AutoregressiveModel):
    r"""Vector autoregression, :math:`y_t = c + \delta t + \sum_{i=1}^p A_i y_{t-i} + e_t`, :math:`e_t \sim N(0, \Sigma)`.

    Parameters
    ----------
    order : int
        p; 0 makes the rows independent.
    trend : {"c", "n", "ct"}
        An intercept; none; an intercept and a slope. Steps count from t = 1.
    method : str or method object
        How `fit` works: "mle" is `LikelihoodAscent()`, the exact Gaussian likelihood; "ols" and "yule-walker" are `LeastSquares()`
        and `YuleWalker()`. Given the first values: "map", `MAP(penalty=)` with `Ridge`, `Lasso` or `ElasticNet`, or `MAP(prior=)`; "bayes", exact draws. Priors:
        `Minnesota` (default, with tightness 1 about 0), `MatrixNormalInverseWishart`, for "map" also `Flat`. Draws may be explosive unless the prior says `stationary=True`.
    initial : array (order, n_features), optional
        The values before the first step, the oldest first. Left out, a sequence begins in the stationary law, and an explosive or
        unit-root series is refused.
    missing : {"raise", "mar"}
        "mar" takes NaN as a value missing at random, by way of the Kalman filter ("mle" only).
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian fit, nothing else.

    Attributes
    ----------
    coefficients_ : ndarray (order, k, k)
        The first is that of the last values; entry (i, j) is the effect of column j on column i.
    intercept_, slope_ : ndarray (k,)
    noise_covariance_ : ndarray (k, k)
    initial_ : ndarray (order, k) or None
    steps_before_ : int
        Number of the step before the first: 0 but for what `given` returns.
    roots_ : ndarray of complex
    fit_result_ : FitResult
    posterior_ : Draws or None
        Of a Bayesian fit: coefficients[lag,i,j], intercept[i], slope[i], noise_covariance[i,j]; the attributes above are their means.
    log_evidence_ : float or None
        Of a Bayesian fit (NaN in one read from a file): the log marginal likelihood of the steps after the first values, in closed form.
    n_features_in_ : int

    Examples
    --------
    >>> model = VectorAutoRegression.from_parameters(coefficients=[[[0.5, 0.1], [0.0, 0.3]]], noise_covariance=np.eye(2))
    >>> fitted = VectorAutoRegression(1).fit(model.sample(20_000, rng=1))
    >>> bool(np.abs(fitted.coefficients_ - model.coefficients_).max() < 0.05)
    True
    """

    _methods: ClassVar[dict] = {"mle": LikelihoodAscent, "ols": LeastSquares, "yule-walker": YuleWalker, "map": MAP, "bayes": Bayes}
    _keeps_columns: ClassVar[bool] = True

    @classmethod
    def from_parameters(cls, *, coefficients, noise_covariance, intercept=None, slope=None, initial=None):
        """A vector autoregression with known parameters, ready to use.

        Parameters
        ----------
        coefficients : array (p, k, k)
            The first is that of the last values; shape (0, k, k) for independent rows.
        noise_covariance : array (k, k)
            Positive definite.
        intercept, slope : array (k,), optional
            Default zero.
        initial : array (p, k), optional
            The values before the first step, the oldest first; needed where there is no stationary law.

        Returns
        -------
        VectorAutoRegression

        Raises
        ------
        ArgumentError
            For an explosive or unit-root series without `initial`; the message shows the largest root.
        """
        law = checked_law(
            coefficients=coefficients, intercept=intercept, slope=slope, noise=noise_covariance, initial=initial,
            names=("coefficients", "intercept", "slope", "noise_covariance"),
        )  # fmt: skip
        return cls._wrapping(law, trend="ct" if law.slope.any() else "c")

    def impulse_responses(self, steps=10, *, orthogonal=False):
        """Effect on each column, 0 to `steps` steps later, of a shock to each.

        Parameters
        ----------
        steps : int
        orthogonal : bool
            Shocks of one standard deviation that are independent, by the lower Cholesky factor of the noise covariance: the order of
            the columns counts. Otherwise a shock is one unit to one column.

        Returns
        -------
        ndarray (steps + 1, k, k)
            Entry (h, i, j) is the effect on column i of a shock to column j.

        Examples
        --------
        >>> model = VectorAutoRegression.from_parameters(coefficients=[[[0.5]]], noise_covariance=[[4.0]])
        >>> model.impulse_responses(2).ravel().tolist()
        [1.0, 0.5, 0.25]
        >>> model.impulse_responses(2, orthogonal=True).ravel().tolist()
        [2.0, 1.0, 0.5]
        """
        self._require_fitted()
        steps = checks.integer(steps, "steps", minimum=0)
        law = self._law()
        k = law.width
        responses = np.zeros((steps + 1, k, k))
        responses[0] = np.eye(k)
        for h in range(1, steps + 1):
            for lag in range(min(h, law.order)):
                responses[h] += law.coefficients[lag] @ responses[h - 1 - lag]
        return responses @ law.noise_factor if orthogonal else responses

    def _initial_array(self, n_features):
        return None if self.initial is None else checked.array(self.initial, "initial", (self.order, n_features))

    def _law(self):
        return AutoregressiveLaw(self.coefficients_, self.intercept_, self.slope_, self.noise_covariance_, self.initial_, self.steps_before_)

    def _set_law(self, law):
        self.coefficients_, self.intercept_, self.slope_ = law.coefficients, law.intercept, law.slope
        self.noise_covariance_, self.initial_, self.steps_before_ = law.noise, law.initial, law.before
        self.n_features_in_ = law.width
