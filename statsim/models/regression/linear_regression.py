r"""Linear regression with normal noise.

Least squares by QR (A. M. Legendre 1805; A. Bjoerck 1996); Bayesian under the conjugate prior in closed form (A. Gelman et al., Bayesian Data Analysis, 2013, section 14.8).
"""

from statsim import checks
from statsim.errors import FitWarning
from statsim.models.regression.family import Normal
from statsim.models.regression.regression_model import RegressionModel


class LinearRegression(RegressionModel):
    r"""A number with mean :math:`x \cdot b + a` and normal noise.

    Parameters
    ----------
    features : model of rows, optional
        Fitted along, and drawn from by `sample`: `GaussianMixture(3)`, `KernelDensity()`, ... Default: rows of X are drawn again, which a file of the model then holds.
    fit_intercept : bool
    method : str or method object
        "mle": least squares by QR. "map", `MAP(prior=)` or `MAP(penalty=)` with a penalty of `statsim.penalties`. "bayes": exact draws under a
        `priors.ConjugateRegression`, NUTS under a dict of priors by ``coefficients``, ``intercept`` (or ``intercept_at_mean``, that at the mean of the columns) and
        ``scale``. "vb": the nearest normal law, `VB(family=)`. Default priors: `statsim.models.regression.regression_prior`.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a fit.

    Attributes
    ----------
    coefficients_ : ndarray (d,)
    intercept_ : float
    scale_ : float
        Standard deviation of the noise; by "mle" the square root of the mean squared residual. 0 where the rows are fitted exactly.
    covariance_, standard_errors_ : ndarray (p, p) and (p,)
        Of coefficients and intercept, in the order of `parameter_names`: by "mle" with the unbiased variance of the noise, n - p below; of a Bayesian fit those of the
        draws. None and NaN for penalties with absolute values.
    deviance_ : float
        Sum of squared residuals.
    fit_result_ : FitResult
    posterior_ : Draws or None
    features_ : model or None

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 2.9, 5.1, 7.0])
    >>> model = LinearRegression().fit(X, y)
    >>> model.coefficients_.round(6).tolist(), round(model.intercept_, 6)
    ([2.02], 0.97)
    >>> rows, response = model.sample(3, rng=0)
    >>> rows.shape, response.shape
    ((3, 1), (3,))
    """

    _family = Normal()

    @classmethod
    def from_parameters(cls, *, coefficients, intercept=0.0, scale=1.0, features=None, fit_intercept=True):
        """A regression with known parameters.

        Parameters
        ----------
        coefficients : array (d,)
        intercept : float
        scale : float
            Standard deviation of the noise, not negative.
        features : array (m, d) or fitted model, optional
            Rows to draw again, or a model of them, for `sample`.
        fit_intercept : bool

        Examples
        --------
        >>> LinearRegression.from_parameters(coefficients=[2.0], intercept=1.0).predict([[3.0]]).tolist()
        [7.0]
        """
        scale = checks.real(scale, "scale", minimum=0.0)
        return cls._from_values(coefficients=coefficients, intercept=intercept, scale=scale, features=features, fit_intercept=fit_intercept)

    def _warn(self, result):
        super()._warn(result)
        if self.scale_ == 0:
            import warnings

            warnings.warn(
                "the rows are fitted exactly: scale_ is 0, draws have no noise and y no density; fit more rows than coefficients, or use method='bayes'", FitWarning, stacklevel=3
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
