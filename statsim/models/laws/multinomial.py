"""The multinomial law: N. Johnson, S. Kotz, N. Balakrishnan, Discrete Multivariate Distributions (1997), chapter 35."""

import numpy as np

from statsim import checks
from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError
from statsim.models.laws.observations import observed
from statsim.models.laws.shares import ShareLaw, checked_shares


class Multinomial(ShareLaw):
    """Multinomial law: counts of k categories in `n_trials` trials with probabilities `p`; a row of X holds k counts.

    Parameters
    ----------
    n_trials : int, optional
        The sum of each row, at least 1; known, not learned. Default: that of the first row.
    method : str or method object
        "mle" (shares), "map", "bayes", "vb". Prior: `statsim.priors.Dirichlet`, conjugate. Default: ``Dirichlet(1.0)``.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    n_trials_ : int
    p_ : ndarray (k,)
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Multinomial().fit([[1, 3, 0], [0, 3, 1]])
    >>> model.n_trials_, model.p_
    (4, array([0.125, 0.75 , 0.125]))
    """

    _settings = ("n_trials",)

    def __init__(self, *, n_trials=None, method="mle", rng=None):
        super().__init__(method=method, rng=rng)
        self.n_trials = n_trials

    @classmethod
    def from_parameters(cls, *, n_trials, p):
        """The law with known parameters.

        Parameters
        ----------
        n_trials : int
            At least 1.
        p : array (k,)
            Probabilities.

        Examples
        --------
        >>> Multinomial.from_parameters(n_trials=4, p=[0.25, 0.75]).mean()
        array([1., 3.])
        """
        model = cls()._set(checked_shares(p))
        model.n_trials_ = checks.integer(n_trials, "n_trials", minimum=1)
        return model

    def fit(self, X, y=None, sample_weight=None):
        """Learn the probabilities.

        Parameters
        ----------
        X : array (n_samples, k)
            Counts; each row sums to `n_trials`.
        y : ignored
        sample_weight : array (n_samples,), optional
            Non-negative; weight 2 is the row twice, weight 0 is no row.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For values that are no counts and rows of another sum (with their place), weights or a prior that cannot be used.
        """
        values = checks.data_matrix(X)
        bad = np.argwhere(~((values >= 0) & (values == np.floor(values))))
        if bad.size:
            i, j = bad[0]
            raise ArgumentError(f"X[{i}, {j}] = {values[i, j]:.17g} is no count: a multinomial law takes whole numbers 0, 1, 2, ...")
        n_trials = int(values[0].sum()) if self.n_trials is None else self.n_trials
        n_trials = checks.integer(n_trials, "n_trials", minimum=1)
        wrong = np.flatnonzero(values.sum(axis=1) != n_trials)
        if wrong.size:
            raise ArgumentError(f"row {wrong[0]} of X sums to {values[wrong[0]].sum():g}, and n_trials={n_trials}: all rows must have the same sum; use Categorical for single trials")
        self._width, self.n_trials_ = values.shape[1], n_trials
        return self._fit(observed(values, sample_weight), len(values))

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import multinomial

        return multinomial

    def _as_data(self, X):
        return checks.data_matrix(X, n_features=self._width, owner="Multinomial")

    def _counts(self, data):
        return data.weights @ data.values

    def _fill_log_density(self, values, full, out):
        self._kernels().log_density(values, float(self.n_trials_), full, out)

    def _output_layout(self):
        return ((self._width, np.int64),)

    def _fill_with(self, key, table):
        kernel, n_trials = self._kernels().fill, np.int64(self.n_trials_)

        def fill(first_block, arrays):
            kernel(key, first_block, BLOCK_ROWS, n_trials, table, arrays[0])

        return fill

    # ------------------------------------------------------------ the law

    def mean(self):
        """Mean (k,) of the counts."""
        self._require_fitted()
        return self.n_trials_ * self.p_

    def variance(self):
        """Variance (k,) of each count."""
        self._require_fitted()
        return self.n_trials_ * self.p_ * (1 - self.p_)
