"""The Pareto law (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 20)."""

import math

import numpy as np

from statsim.distributions.priors import Gamma, LogNormal
from statsim.errors import FitError
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.models.laws.pareto_mode import pareto_mode
from statsim.samplers.supports import Bounded, Positive


class Pareto(Fixable, NumberLaw):
    """Pareto law of `shape` above `scale`, survival ``(scale / x)**shape``, as SciPy's ``pareto(shape, scale=)``.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"scale": 1.0}``.
    method : str or method object
        "mle" (`scale` is the smallest value), "map", "bayes". Priors: a dict of one for each parameter; with `scale` fixed,
        ``{"shape": Gamma(...)}`` is conjugate, with censoring from above too (and "vb" has an answer). Default: with `scale` fixed, `Gamma` worth one row;
        else `LogNormal` of log-sd 2, about 1 for `shape` and about the smallest value for `scale`. Censored and truncated data need `scale` fixed.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    shape_, scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Pareto().fit([1.0, 2.0, 4.0])
    >>> round(model.shape_, 6), model.scale_
    (1.442695, 1.0)
    """

    _names = ("shape", "scale")
    _supports = (Positive(), Positive())
    _words = "numbers above 0, none below a scale that is fixed"

    @classmethod
    def from_parameters(cls, *, shape, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        shape : float
            Above 0.
        scale : float
            Smallest value, above 0.

        Examples
        --------
        >>> Pareto.from_parameters(shape=2.0, scale=3.0).mean()
        6.0
        """
        return cls()._set((positive(shape, "shape"), positive(scale, "scale")))

    def _inside(self, values):
        return (values > 0) & (values >= self._known().get("scale", 0.0))

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import pareto

        return pareto

    def _solve(self, data):
        scale = self._known_scale(data)
        if "shape" in self._known():
            return np.array([self._known()["shape"], scale])
        if not data.is_right_censored:
            return None
        excess = _excess(data, scale)
        if not excess > 0 or not data.total_weight > 0:
            raise FitError(f"no value that was seen lies above scale={scale:g}: the likelihood of a Pareto law has no maximum in shape")
        return np.array([data.total_weight / excess, scale])

    def _known_scale(self, data):
        """The scale that is fixed, or the smallest value."""
        if "scale" in self._known():
            return self._known()["scale"]
        if not data.is_whole:
            raise FitError("the scale of a Pareto law is its smallest value, which censored or truncated data do not show; give it: Pareto(fixed={'scale': ...})")
        return float(data.values[0])

    def _start(self, data):
        scale = self._known_scale(data)
        excess = _excess(data, scale)
        return np.array([data.total_weight / excess if excess > 0 else 1.0, scale if "scale" in self._known() else scale * (1 - 1 / (data.total_weight + 2))])

    def _free_supports(self, data):
        self._known_scale(data)
        return [Bounded(0.0, float(data.values[0])) if name == "scale" else Positive() for name in self.parameter_names]

    def _weak_priors(self, data):
        scale = self._known_scale(data)
        if "scale" in self._known():
            excess = _excess(data, scale)
            return {"shape": Gamma(1.0, excess / data.total_weight if excess > 0 else 1.0)}
        return {"shape": LogNormal(0.0, 2.0), "scale": LogNormal(math.log(scale), 2.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "shape", Gamma)
        if own is None or not data.is_right_censored:
            return None
        return OneNumber(Gamma(own.shape + data.total_weight, own.rate + _excess(data, self._known_scale(data))))

    def _mode(self, prior, data):
        return None if self._known() else pareto_mode(prior, data)

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        return np.log(-np.expm1(-full[0] * np.log(np.maximum(x / full[1], 1.0))))

    @staticmethod
    def _log_sf(x, full):
        return -full[0] * np.log(np.maximum(x / full[1], 1.0))

    @staticmethod
    def _quantile(q, full):
        return full[1] * np.exp(-np.log1p(-q) / full[0])

    @staticmethod
    def _moments(full):
        shape, scale = full
        mean = shape * scale / (shape - 1) if shape > 1 else math.inf
        return mean, shape * scale**2 / ((shape - 1) ** 2 * (shape - 2)) if shape > 2 else math.inf


def _excess(data, scale):
    """Sum of log(x / scale): of rows seen, and of those censored from above up to where they were."""
    return float(data.weights @ np.log(data.values / scale) + data.between_weights @ np.log(np.maximum(data.low / scale, 1.0)))
