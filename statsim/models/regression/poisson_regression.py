r"""Poisson regression with a log link.

P. McCullagh, J. Nelder, Generalized Linear Models (1989), chapter 6.
"""

import numpy as np

from statsim.errors import ArgumentError
from statsim.models.regression.family import Poisson
from statsim.models.regression.observed import responses
from statsim.models.regression.regression_model import RegressionModel


class PoissonRegression(RegressionModel):
    r"""A count with log-mean :math:`x \cdot b + a`, plus an offset such as a log exposure.

    Parameters
    ----------
    features : model of rows, optional
        Fitted along, and drawn from by `sample`: `GaussianMixture(3)`, `KernelDensity()`, ... Default: rows of X are drawn again with their offsets, which a file of the
        model then holds.
    fit_intercept : bool
    method : str or method object
        "mle": Newton's method with halved steps. "map", `MAP(prior=)` or `MAP(penalty=)` with a penalty of `statsim.penalties`. "bayes": NUTS. "vb": the nearest normal
        law, `VB(family=)`. Priors are a dict by ``coefficients`` (or ``coefficients[j]``) and ``intercept`` (or ``intercept_at_mean``, that at the mean of the columns);
        default: Student's t with the scales of Gelman et al. (2008), see `statsim.models.regression.regression_prior`.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a fit.

    Attributes
    ----------
    coefficients_ : ndarray (d,)
    intercept_ : float
    covariance_, standard_errors_ : ndarray (p, p) and (p,)
        Of coefficients and intercept, in the order of `parameter_names`: the inverse observed information, of the posterior by "map", that of the draws of a Bayesian fit.
        None and NaN for penalties with absolute values.
    deviance_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None
    features_ : model or None

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1, 2, 4, 8])
    >>> model = PoissonRegression().fit(X, y)
    >>> bool(np.isclose(model.coefficients_[0], np.log(2))), bool(np.isclose(model.intercept_, 0))
    (True, True)
    >>> rows, counts = model.sample(3, rng=0)
    >>> rows.shape, counts.dtype
    ((3, 1), dtype('int64'))
    """

    _family = Poisson()
    _response_dtype = np.int64

    @classmethod
    def from_parameters(cls, *, coefficients, intercept=0.0, features=None, fit_intercept=True):
        """A regression with known parameters.

        Parameters
        ----------
        coefficients : array (d,)
        intercept : float
        features : array (m, d) or fitted model, optional
            Rows to draw again, or a model of them, for `sample`.
        fit_intercept : bool

        Examples
        --------
        >>> PoissonRegression.from_parameters(coefficients=[2.0]).predict([[0.0]]).tolist()
        [1.0]
        """
        return cls._from_values(coefficients=coefficients, intercept=intercept, features=features, fit_intercept=fit_intercept)

    def _coded(self, y, n, *, learn):
        counts = responses(y, n)
        wrong = ~((counts >= 0) & (counts == np.floor(counts)))
        if wrong.any():
            place = int(np.argmax(wrong))
            raise ArgumentError(f"y must hold counts, whole numbers from 0, got y[{place}] = {counts[place]:g}; for other numbers use LinearRegression, for rates an offset")
        return counts

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = tags.target_tags.positive_only = True
        return tags
