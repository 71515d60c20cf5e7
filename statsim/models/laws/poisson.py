"""The Poisson law (N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 4)."""

import numpy as np

from statsim import checks
from statsim.distributions.priors import Gamma
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.number_law import CountLaw
from statsim.samplers.supports import Positive


class Poisson(CountLaw):
    """Poisson law of mean `rate`, as SciPy's ``poisson(rate)``.

    Parameters
    ----------
    method : str or method object
        "mle" (the mean, 0 included), "map", "bayes", "vb". Priors: ``{"rate": Gamma(...)}`` is conjugate; other positive priors are sampled
        by NUTS. Default: `Gamma` worth one row at the data's mean.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    rate_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> Poisson().fit([3, 0, 1, 4]).rate_
    2.0
    >>> round(Poisson().fit([3, 0, 1, 4], censoring=["none", "none", "none", "right"]).rate_, 4)
    2.1438
    """

    _names = ("rate",)
    _supports = (Positive(),)

    @classmethod
    def from_parameters(cls, *, rate):
        """The law with known parameters.

        Parameters
        ----------
        rate : float
            Mean, from 0 to 9e18: draws are 64-bit integers.

        Examples
        --------
        >>> float(Poisson.from_parameters(rate=2.5).quantile(0.5))
        2.0
        """
        return cls()._set((checks.real(rate, "rate", minimum=0.0, maximum=9e18),))

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import poisson

        return poisson

    def _solve(self, data):
        return np.array([data.mean]) if data.is_whole else None

    def _start(self, data):
        return np.array([max(data.mean, 1e-3)])

    def _weak_priors(self, data):
        return {"rate": Gamma(1.0, 1 / data.mean if data.mean > 0 else 1.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "rate", Gamma)
        if own is None or not data.is_whole:
            return None
        return OneNumber(Gamma(own.shape + float(data.weights @ data.values), own.rate + data.total_weight))

    # ------------------------------------------------------------ the law

    @staticmethod
    def _tails(k, full):
        from scipy import special

        return special.gammaincc(k + 1, full[0]), special.gammainc(k + 1, full[0])

    @staticmethod
    def _moments(full):
        return full[0], full[0]
