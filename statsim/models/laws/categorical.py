"""The categorical law: N. Johnson, S. Kotz, N. Balakrishnan, Discrete Multivariate Distributions (1997)."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.models.laws.observations import as_values, observed
from statsim.models.laws.shares import ShareLaw, checked_shares


class Categorical(ShareLaw):
    """Categorical law of 0, 1, ..., k - 1 with probabilities `p`.

    Parameters
    ----------
    n_categories : int, optional
        k; default: one more than the largest value.
    method : str or method object
        "mle" (shares), "map", "bayes", "vb". Prior: `statsim.priors.Dirichlet`, conjugate. Default: ``Dirichlet(1.0)``.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    p_ : ndarray (k,)
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> Categorical().fit([0, 2, 2, 1]).p_
    array([0.25, 0.25, 0.5 ])
    """

    def __init__(self, *, n_categories=None, method="mle", rng=None):
        super().__init__(method=method, rng=rng)
        self.n_categories = n_categories

    @classmethod
    def from_parameters(cls, *, p):
        """The law with known parameters.

        Parameters
        ----------
        p : array (k,)
            Probabilities.

        Examples
        --------
        >>> Categorical.from_parameters(p=[0.25, 0.75]).mean()
        0.75
        """
        return cls()._set(checked_shares(p))

    def fit(self, X, y=None, sample_weight=None):
        """Learn the probabilities.

        Parameters
        ----------
        X : array (n_samples,) or (n_samples, 1)
            Whole numbers from 0 on.
        y : ignored
        sample_weight : array (n_samples,), optional
            Non-negative; weight 2 is the row twice, weight 0 is no row.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For values that are no categories (with their place), weights or a prior that cannot be used.
        """
        values = as_values(X)
        k = int(values.max()) + 1 if self.n_categories is None else checks.integer(self.n_categories, "n_categories", minimum=1)
        outside = np.flatnonzero(~((values >= 0) & (values == np.floor(values)) & (values < k)))
        if outside.size:
            raise ArgumentError(f"X[{outside[0]}] = {values[outside[0]]:.17g} is no category: they are the whole numbers from 0 to {k - 1}; code the values first")
        checks.memory(64 * k, None, what=f"{k} categories", remedy="code the values as 0, 1, 2, ... without gaps")
        self._width = k
        return self._fit(observed(values, sample_weight), len(values))

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import categorical

        return categorical

    def _as_data(self, X):
        return as_values(X)

    def _counts(self, data):
        return np.bincount(data.values.astype(int), weights=data.weights, minlength=self._width)

    def _output_layout(self):
        return ((None, np.int64),)

    # ------------------------------------------------------------ the law

    def cdf(self, x):
        """P(X <= x), of the shape of x, at the parameters of the fit."""
        self._require_fitted()
        sums = np.concatenate([[0.0], np.minimum(np.cumsum(self.p_), 1.0)])
        sums[-1] = 1.0
        place = np.clip(np.floor(np.asarray(x, float)) + 1, 0, len(self.p_)).astype(int)
        return sums[place]

    def quantile(self, q):
        """The smallest category x with P(X <= x) >= q, of the shape of q.

        Raises
        ------
        ArgumentError
            For a q outside [0, 1].
        """
        self._require_fitted()
        q = np.asarray(q, float)
        if not ((q >= 0) & (q <= 1)).all():
            raise ArgumentError(f"q must lie in [0, 1], got {q[~((q >= 0) & (q <= 1))].ravel()[0]}")
        return np.minimum(np.searchsorted(np.cumsum(self.p_), q * (1 - 1e-15)), len(self.p_) - 1)[()]

    def mean(self):
        """Mean of the category as a number."""
        self._require_fitted()
        return float(self.p_ @ np.arange(len(self.p_)))

    def variance(self):
        """Variance of the category as a number."""
        self._require_fitted()
        return float(self.p_ @ np.square(np.arange(len(self.p_)) - self.mean()))
