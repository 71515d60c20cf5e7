"""The binomial law (N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 3)."""

import numpy as np

from statsim import checks
from statsim.distributions.priors import Beta
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.law_model import share
from statsim.models.laws.number_law import CountLaw
from statsim.samplers.supports import Bounded, Positive


class Binomial(CountLaw):
    """Binomial law: successes in `n_trials` trials, each of probability `p`; SciPy's ``binom(n_trials, p)``.

    Parameters
    ----------
    n_trials : int
        Trials of each row, at least 1; known, not learned.
    method : str or method object
        "mle" (the share of successes, 0 and 1 included), "map", "bayes", "vb". Priors: ``{"p": Beta(...)}`` is conjugate; other priors on
        the unit interval are sampled by NUTS. Default: ``Beta(1, 1)``.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    n_trials_, p_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> Binomial(n_trials=10).fit([2, 5, 8, 5]).p_
    0.5
    """

    _names = ("n_trials", "p")
    _supports = (Positive(), Bounded(0.0, 1.0))

    def __init__(self, *, n_trials=1, method="mle", rng=None):
        super().__init__(method=method, rng=rng)
        self.n_trials = n_trials

    @classmethod
    def from_parameters(cls, *, n_trials, p):
        """The law with known parameters.

        Parameters
        ----------
        n_trials : int
            At least 1.
        p : float
            Probability of a success, from 0 to 1.

        Examples
        --------
        >>> Binomial.from_parameters(n_trials=10, p=0.5).variance()
        2.5
        """
        n_trials = checks.integer(n_trials, "n_trials", minimum=1)
        return cls(n_trials=n_trials)._set((n_trials, share(p, "p")))

    def _known(self):
        return {"n_trials": float(checks.integer(self.n_trials, "n_trials", minimum=1))}

    @property
    def _words(self):
        return f"whole numbers from 0 to n_trials={self.n_trials}"

    def _inside(self, values):
        return super()._inside(values) & (values <= self.n_trials)

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import binomial

        return binomial

    def _solve(self, data):
        return self._with_share(data) if data.is_whole else None

    def _start(self, data):
        return self._with_share(data)

    def _with_share(self, data):
        return np.array([self.n_trials, min(max(data.mean / self.n_trials, 0.0), 1.0)])

    def _weak_priors(self, data):
        return {"p": Beta(1.0, 1.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "p", Beta)
        if own is None or not data.is_whole:
            return None
        ones = float(data.weights @ data.values)
        return OneNumber(Beta(own.a + ones, own.b + data.total_weight * self.n_trials - ones))

    # ------------------------------------------------------------ the law

    @staticmethod
    def _tails(k, full):
        from scipy import special

        n, p = full
        inner = np.minimum(k, n - 1)
        return np.where(k < n, special.betaincc(inner + 1, n - inner, p), 1.0), np.where(k < n, special.betainc(inner + 1, n - inner, p), 0.0)

    @staticmethod
    def _last(full):
        return full[0]

    @staticmethod
    def _moments(full):
        return full[0] * full[1], full[0] * full[1] * (1 - full[1])
