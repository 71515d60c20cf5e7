"""Autoregressions of one series. Box, Jenkins (1976), Time Series Analysis; Brockwell, Davis (1991), Time Series: Theory and Methods."""

from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.estimators.bayes import Bayes
from statsim.estimators.burg import Burg
from statsim.estimators.least_squares import LeastSquares
from statsim.estimators.likelihood_ascent import LikelihoodAscent
from statsim.estimators.map import MAP
from statsim.estimators.yule_walker import YuleWalker
from statsim.models.series import checked
from statsim.models.series.autoregressive_law import AutoregressiveLaw, checked_law
from statsim.models.series.autoregressive_model import AutoregressiveModel


class AutoRegression(AutoregressiveModel):
    r"""Autoregression, :math:`y_t = c + \delta t + \sum_{i=1}^p \phi_i y_{t-i} + e_t`, :math:`e_t \sim N(0, \sigma^2)`.

    Parameters
    ----------
    order : int
        p; 0 makes the values independent.
    trend : {"c", "n", "ct"}
        An intercept; none; an intercept and a slope. Steps count from t = 1.
    method : str or method object
        How `fit` works: "mle" is `LikelihoodAscent()`, the exact Gaussian likelihood; "ols", "burg" and "yule-walker" are
        `LeastSquares()`, `Burg()` and `YuleWalker()`. Given the first values: "map", `MAP(penalty=)` with `Ridge`, `Lasso` or `ElasticNet`, or `MAP(prior=)`; "bayes", exact draws. Priors:
        `Minnesota` (default, with tightness 1 about 0), `MatrixNormalInverseWishart`, for "map" also `Flat`. Draws may be explosive unless the prior says `stationary=True`.
    initial : array (order,), optional
        The values before the first step, the oldest first. Left out, a sequence begins in the stationary law, and an explosive or
        unit-root series is refused.
    missing : {"raise", "mar"}
        "mar" takes NaN as a value missing at random, by way of the Kalman filter ("mle" only).
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian fit, nothing else.

    Attributes
    ----------
    coefficients_ : ndarray (order,)
        The first is that of the last value.
    intercept_, slope_, noise_variance_ : float
    initial_ : ndarray (order,) or None
    steps_before_ : int
        Number of the step before the first: 0 but for what `given` returns.
    roots_ : ndarray of complex
    fit_result_ : FitResult
    posterior_ : Draws or None
        Of a Bayesian fit: coefficients[lag], intercept, slope, noise_variance; the attributes above are their means.
    log_evidence_ : float or None
        Of a Bayesian fit (NaN in one read from a file): the log marginal likelihood of the steps after the first values, in closed form.
    n_features_in_ : int

    Examples
    --------
    >>> model = AutoRegression.from_parameters(coefficients=[0.5], intercept=1.0, noise_variance=1.0)
    >>> x = model.sample(20_000, rng=1)
    >>> bool(abs(x.mean() - 2.0) < 0.1)
    True
    >>> fitted = AutoRegression(1).fit(x)
    >>> bool(abs(fitted.coefficients_[0] - 0.5) < 0.05)
    True
    """

    _methods: ClassVar[dict] = {"mle": LikelihoodAscent, "ols": LeastSquares, "burg": Burg, "yule-walker": YuleWalker, "map": MAP, "bayes": Bayes}
    _keeps_columns: ClassVar[bool] = False

    @classmethod
    def from_parameters(cls, *, coefficients, noise_variance, intercept=0.0, slope=0.0, initial=None):
        """An autoregression with known parameters, ready to use.

        Parameters
        ----------
        coefficients : array (p,)
            The first is that of the last value; empty for independent values.
        noise_variance : float
            Positive.
        intercept, slope : float
        initial : array (p,), optional
            The values before the first step, the oldest first; needed where there is no stationary law.

        Returns
        -------
        AutoRegression

        Raises
        ------
        ArgumentError
            For an explosive or unit-root series without `initial`; the message shows the largest root.

        Examples
        --------
        >>> model = AutoRegression.from_parameters(coefficients=[1.0], noise_variance=1.0, initial=[0.0])
        >>> model.forecast([3.0, 4.0], 2).covariance.ravel().tolist()
        [1.0, 2.0]
        """
        phi = checked.array(coefficients, "coefficients", (None,))
        law = checked_law(
            coefficients=phi.reshape(-1, 1, 1),
            intercept=[checked.array(intercept, "intercept", ())],
            slope=[checked.array(slope, "slope", ())],
            noise=[[checks.real(noise_variance, "noise_variance", minimum=0.0, open_minimum=True)]],
            initial=None if initial is None else checked.array(initial, "initial", (len(phi),)).reshape(-1, 1),
            names=("coefficients", "intercept", "slope", "noise_variance"),
        )
        return cls._wrapping(law, trend="ct" if law.slope.any() else "c")

    def _initial_array(self, n_features):
        if n_features != 1:
            raise ArgumentError(f"X has {n_features} features, but an AutoRegression has one; use VectorAutoRegression")
        return None if self.initial is None else checked.array(self.initial, "initial", (self.order,)).reshape(-1, 1)

    def _law(self):
        return AutoregressiveLaw(
            np.ascontiguousarray(self.coefficients_.reshape(-1, 1, 1)), np.array([self.intercept_]), np.array([self.slope_]),
            np.array([[self.noise_variance_]]), None if self.initial_ is None else self.initial_.reshape(-1, 1), self.steps_before_,
        )  # fmt: skip

    def _set_law(self, law):
        self.coefficients_ = law.coefficients[:, 0, 0].copy()
        self.intercept_, self.slope_, self.noise_variance_ = float(law.intercept[0]), float(law.slope[0]), float(law.noise[0, 0])
        self.initial_ = None if law.initial is None else law.initial[:, 0].copy()
        self.steps_before_ = law.before
        self.n_features_in_ = 1
