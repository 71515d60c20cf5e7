"""The Dirichlet law: S. Kotz, N. Balakrishnan, N. Johnson, Continuous Multivariate Distributions 1 (2000), chapter 49."""

import numpy as np

from statsim import checks
from statsim.distributions.priors import Independent, LogNormal
from statsim.errors import ArgumentError, FitError
from statsim.models.laws.observations import observed
from statsim.models.laws.vector_law import VectorLaw
from statsim.samplers.supports import Positive


class Dirichlet(VectorLaw):
    """Dirichlet law of k shares with shapes `alpha`, mean ``alpha / alpha.sum()``; a row of X holds k shares above 0 with sum 1.

    Parameters
    ----------
    method : str or method object
        "mle", "map", "bayes". Priors: a dict with ``alpha`` (for all shapes) or ``alpha[0]``, ... Default: `LogNormal` about 1 of log-sd 2.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian fit, nothing else.

    Attributes
    ----------
    alpha_ : ndarray (k,)
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Dirichlet().fit([[0.1, 0.9], [0.2, 0.8], [0.5, 0.5]])
    >>> model.alpha_.round(4)
    array([1.8509, 5.0465])
    """

    _vector = "alpha"

    @classmethod
    def from_parameters(cls, *, alpha):
        """The law with known parameters.

        Parameters
        ----------
        alpha : array (k,)
            Shapes above 0, two or more.

        Examples
        --------
        >>> Dirichlet.from_parameters(alpha=[1.0, 3.0]).mean()
        array([0.25, 0.75])
        """
        alpha = np.asarray(alpha, float)
        if alpha.ndim != 1 or len(alpha) < 2 or not (np.isfinite(alpha) & (alpha > 0)).all():
            raise ArgumentError(f"alpha must be a vector of two or more numbers above 0, got {str(alpha)[:200]}")
        return cls()._set(alpha)

    def fit(self, X, y=None, sample_weight=None):
        """Learn the shapes.

        Parameters
        ----------
        X : array (n_samples, k)
            Shares above 0; each row sums to 1.
        y : ignored
        sample_weight : array (n_samples,), optional
            Non-negative; weight 2 is the row twice, weight 0 is no row.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For rows that are no shares (with their place), weights or a prior that cannot be used.
        FitError
            For rows that are all alike.
        """
        values = _shares(checks.data_matrix(X))
        self._width = values.shape[1]
        return self._fit(observed(values, sample_weight), len(values))

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import dirichlet

        return dirichlet

    def _as_data(self, X):
        return _shares(checks.data_matrix(X, n_features=self._width, owner="Dirichlet"))

    def _all_supports(self):
        return (Positive(),) * self._width

    def _solve(self, data):
        if len(data.values) == 1:
            raise FitError(f"all rows are {data.values[0].tolist()[:10]}: a Dirichlet law needs two different ones; the likelihood rises without bound with alpha")
        return None

    def _start(self, data):
        """From the means and variances of the shares (T. Minka, Estimating a Dirichlet distribution, 2000)."""
        weights = data.weights / data.total_weight
        mean = weights @ data.values
        variance = weights @ np.square(data.values - mean)
        size = np.mean(mean * (1 - mean) / np.maximum(variance, 1e-12)) - 1
        return mean * min(max(size, 0.1), 1e8)

    def _default_prior(self, data):
        return Independent({"alpha": LogNormal(0.0, 2.0)})

    def _output_layout(self):
        return ((self._width, np.float64),)

    # ------------------------------------------------------------ the law

    def mean(self):
        """Mean (k,) of the shares."""
        self._require_fitted()
        return self.alpha_ / self.alpha_.sum()

    def variance(self):
        """Variance (k,) of each share."""
        mean = self.mean()
        return mean * (1 - mean) / (self.alpha_.sum() + 1)


def _shares(values):
    """Rows of two or more shares above 0."""
    bad = np.argwhere(~(values > 0))
    if bad.size or values.shape[1] < 2:
        shown = f"X[{bad[0][0]}, {bad[0][1]}] = {values[tuple(bad[0])]:g}" if bad.size else f"X has {values.shape[1]} column"
        raise ArgumentError(f"{shown}: a Dirichlet law takes two or more shares above 0; replace zeros by the smallest share that could be seen")
    return checks.probability_rows(values, "X")
