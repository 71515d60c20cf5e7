"""The exponential law (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 19)."""

import numpy as np

from statsim.distributions.priors import InverseGamma
from statsim.errors import FitError
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.models.laws.summaries import MEAN
from statsim.samplers.supports import Positive


class Exponential(NumberLaw):
    """Exponential law of mean `scale`, as SciPy's ``expon(scale=)``.

    Parameters
    ----------
    method : str or method object
        "mle", "map", "bayes", "vb". Priors: ``{"scale": InverseGamma(...)}`` is conjugate, with censoring from above too; any other
        positive prior is sampled by NUTS. Default: `InverseGamma` worth one row at the data's mean.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> Exponential().fit([1.0, 2.0, 6.0]).scale_
    3.0
    >>> Exponential().fit([1.0, 2.0, 6.0], censoring=["none", "none", "right"]).scale_
    4.5
    """

    _names = ("scale",)
    _supports = (Positive(),)
    _summary = MEAN
    _words = "numbers from 0 on"

    @classmethod
    def from_parameters(cls, *, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        scale : float
            Mean, above 0.

        Examples
        --------
        >>> round(float(Exponential.from_parameters(scale=2.0).cdf(2.0)), 6)
        0.632121
        """
        return cls()._set((positive(scale, "scale"),))

    def _inside(self, values):
        return values >= 0

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import exponential

        return exponential

    def _solve(self, data):
        if not data.is_right_censored:
            return None
        time = _time(data)
        if not data.total_weight > 0:
            return None
        if not time > 0:
            raise FitError("all values are 0: the likelihood of an exponential law rises without bound as scale goes to 0")
        return np.array([time / data.total_weight])

    def _start(self, data):
        return np.array([max(data.mean, 1e-300)])

    def _weak_priors(self, data):
        return {"scale": InverseGamma(shape=1.0, scale=data.mean if data.mean > 0 else 1.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "scale", InverseGamma)
        if own is None or not data.is_right_censored:
            return None
        return OneNumber(InverseGamma(own.shape + data.total_weight, own.scale + _time(data)))

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        return np.log(-np.expm1(-np.maximum(x, 0.0) / full[0]))

    @staticmethod
    def _log_sf(x, full):
        return -np.maximum(x, 0.0) / full[0]

    @staticmethod
    def _quantile(q, full):
        return -full[0] * np.log1p(-q)

    @staticmethod
    def _moments(full):
        return full[0], full[0] ** 2


def _time(data):
    """Total time at risk: of rows seen, and of those censored from above up to where they were."""
    return float(data.weights @ data.values + data.between_weights @ data.low)
