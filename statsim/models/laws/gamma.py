"""The gamma law (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 17); the start of a climb is T. Minka's, "Estimating a gamma distribution" (2002)."""

import math

import numpy as np

from statsim.distributions.priors import InverseGamma, LogNormal
from statsim.errors import FitError
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.models.laws.summaries import MEAN_AND_LOG_MEAN
from statsim.samplers.supports import Positive

_STEPS = 30


class Gamma(Fixable, NumberLaw):
    """Gamma law of `shape` and `scale`, mean ``shape * scale``, as SciPy's ``gamma(shape, scale=)``; the rate of other books is ``1 / scale``.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"shape": 2.0}``.
    method : str or method object
        "mle", "map", "bayes". Priors: a dict of one for each parameter; with `shape` fixed, ``{"scale": InverseGamma(...)}`` is conjugate
        (and "vb" has an answer). Default: `LogNormal` of log-sd 2, about 1 for `shape` and about the data's mean for `scale`.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    shape_, scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Gamma().fit([1.0, 2.0, 3.0, 6.0])
    >>> round(model.shape_, 4), round(model.mean(), 4)
    (2.621, 3.0)
    >>> Gamma(fixed={"shape": 2.0}).fit([1.0, 2.0, 3.0, 6.0]).scale_
    1.5
    """

    _names = ("shape", "scale")
    _supports = (Positive(), Positive())
    _summary = MEAN_AND_LOG_MEAN
    _words = "numbers above 0"

    @classmethod
    def from_parameters(cls, *, shape, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        shape : float
            Above 0.
        scale : float
            Above 0.

        Examples
        --------
        >>> Gamma.from_parameters(shape=2.0, scale=3.0).mean()
        6.0
        """
        return cls()._set((positive(shape, "shape"), positive(scale, "scale")))

    def _inside(self, values):
        return values > 0

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import gamma

        return gamma

    def _solve(self, data):
        if not data.is_whole:
            return None
        if len(data.values) == 1 and len(self._known()) == 0:
            raise FitError(f"all values are {data.values[0]:g}: a gamma law needs two different ones; the likelihood rises without bound with shape")
        if "scale" in self._known():
            return None
        shape = self._known().get("shape") or _shape_of(self._start(data)[0], data)
        return np.array([shape, data.mean / shape])

    def _start(self, data):
        known, mean = self._known(), data.mean
        gap = math.log(mean) - float(data.weights @ np.log(data.values)) / data.total_weight
        shape = (3 - gap + math.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap) if gap > 1e-8 else 1e6
        shape = known.get("shape", mean / known["scale"] if "scale" in known else shape)
        return np.array([shape, mean / shape])

    def _weak_priors(self, data):
        centre = data.mean
        if "shape" in self._known():
            return {"scale": InverseGamma(shape=1.0, scale=centre)}
        return {"shape": LogNormal(0.0, 2.0), "scale": LogNormal(math.log(centre), 2.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "scale", InverseGamma)
        if own is None or not data.is_whole:
            return None
        return OneNumber(InverseGamma(own.shape + self._known()["shape"] * data.total_weight, own.scale + data.total_weight * data.mean))

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        from scipy import special

        return np.log(special.gammainc(full[0], np.maximum(x, 0.0) / full[1]))

    @staticmethod
    def _log_sf(x, full):
        from scipy import special

        return np.log(special.gammaincc(full[0], np.maximum(x, 0.0) / full[1]))

    @staticmethod
    def _quantile(q, full):
        from scipy import special

        return full[1] * special.gammaincinv(full[0], q)

    @staticmethod
    def _moments(full):
        return full[0] * full[1], full[0] * full[1] ** 2


def _shape_of(shape, data):
    """The root of log a - digamma(a) = log mean - mean log, by Newton's steps in 1 / a (Minka): each doubles the digits."""
    from scipy.special import digamma, polygamma

    gap = math.log(data.mean) - float(data.weights @ np.log(data.values)) / data.total_weight
    for _ in range(_STEPS):
        before, shape = shape, 1 / (1 / shape + (math.log(shape) - digamma(shape) - gap) / (shape**2 * (1 / shape - polygamma(1, shape))))
        if abs(shape - before) <= 1e-15 * shape:
            break
    return float(shape)
