"""The Bernoulli law (N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 3)."""

import numpy as np

from statsim.distributions.priors import Beta
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.law_model import share
from statsim.models.laws.number_law import CountLaw
from statsim.samplers.supports import Bounded


class Bernoulli(CountLaw):
    """Bernoulli law: 1 with probability `p`, else 0.

    Parameters
    ----------
    method : str or method object
        "mle" (the share of ones, 0 and 1 included), "map", "bayes", "vb". Priors: ``{"p": Beta(...)}`` is conjugate; other priors on the unit
        interval are sampled by NUTS. Default: ``Beta(1, 1)``.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    p_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> Bernoulli().fit([1, 0, 0, 1, 0]).p_
    0.4
    >>> Bernoulli(method="bayes", rng=0).fit([1, 0, 0, 1, 0]).posterior_.names
    ('p',)
    """

    _names = ("p",)
    _supports = (Bounded(0.0, 1.0),)
    _words = "0 and 1"

    @classmethod
    def from_parameters(cls, *, p):
        """The law with known parameters.

        Parameters
        ----------
        p : float
            Probability of 1, from 0 to 1.

        Examples
        --------
        >>> Bernoulli.from_parameters(p=0.25).variance()
        0.1875
        """
        return cls()._set((share(p, "p"),))

    def _inside(self, values):
        return (values == 0) | (values == 1)

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import bernoulli

        return bernoulli

    def _solve(self, data):
        return np.array([min(max(data.mean, 0.0), 1.0)]) if data.is_whole else None

    def _start(self, data):
        return np.array([data.mean])

    def _weak_priors(self, data):
        return {"p": Beta(1.0, 1.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "p", Beta)
        if own is None or not data.is_whole:
            return None
        ones = float(data.weights @ data.values)
        return OneNumber(Beta(own.a + ones, own.b + data.total_weight - ones))

    # ------------------------------------------------------------ the law

    @staticmethod
    def _tails(k, full):
        return np.where(k < 1, 1 - full[0], 1.0), np.where(k < 1, full[0], 0.0)

    @staticmethod
    def _last(full):
        return 1.0

    @staticmethod
    def _moments(full):
        return full[0], full[0] * (1 - full[0])
