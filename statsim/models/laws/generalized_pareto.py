"""The generalised Pareto law of excesses: J. Pickands, Annals of Statistics 3 (1975); R. Smith, Biometrika 72 (1985) on its likelihood."""

import math

import numpy as np

from statsim import checks
from statsim.distributions.priors import LogNormal, Normal
from statsim.errors import FitError
from statsim.models.laws.excess_target import ExcessTarget
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.samplers.supports import Bounded, Positive


class GeneralizedPareto(Fixable, NumberLaw):
    """Generalised Pareto law of excesses over a threshold: survival ``(1 + shape * x / scale)**(-1 / shape)``, as SciPy's ``genpareto(shape, scale=)``.

    X are the excesses: subtract the threshold.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"shape": 0.0}``.
    method : str or method object
        "mle", "map", "bayes". Priors: a dict of one for each parameter. Default: ``Normal(0, 0.5)`` for `shape`, `LogNormal` of log-sd 2 about
        the data's mean for `scale`. The likelihood is unbounded for `shape` below -1; the fit is its maximum above that, and is refused where there is none.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    shape_, scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = GeneralizedPareto().fit([0.1, 0.5, 1.0, 2.0, 9.0])
    >>> round(model.shape_, 3), round(model.scale_, 3)
    (0.634, 1.207)
    """

    _names = ("shape", "scale")
    _supports = (Bounded(low=-1.0), Positive())
    _words = "excesses: numbers from 0 on"

    @classmethod
    def from_parameters(cls, *, shape, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        shape : float
            Above -1; 0 is the exponential law.
        scale : float
            Above 0.

        Examples
        --------
        >>> GeneralizedPareto.from_parameters(shape=0.5, scale=3.0).mean()
        6.0
        """
        return cls()._set((checks.real(shape, "shape", minimum=-1.0, open_minimum=True), positive(scale, "scale")))

    def _inside(self, values):
        return values >= 0

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import generalized_pareto

        return generalized_pareto

    def _solve(self, data):
        if data.is_whole and not data.values[-1] > 0:
            raise FitError("all values are 0: give the excesses over a threshold below the data")
        return None

    def _start(self, data):
        """By probability-weighted moments (J. Hosking, J. Wallis, Technometrics 29, 1987), moved to where the data are possible."""
        below = np.cumsum(data.weights) - 0.5 * data.weights
        mean = data.mean
        weighted = float(data.weights @ ((1 - below / data.total_weight) * data.values)) / data.total_weight
        shape = min(max(2 - mean / max(mean - 2 * weighted, 1e-3 * mean), -0.5), 2.0)
        known = self._known()
        scale = known.get("scale", mean * (1 - shape) if shape < 0.5 else 0.5 * mean)
        shape = known.get("shape", max(shape, -0.9 * scale / data.values[-1]))
        return np.array([shape, scale if shape > 0 or "scale" in known else max(scale, -1.1 * shape * data.values[-1])])

    def _weak_priors(self, data):
        return {"shape": Normal(0.0, 0.5), "scale": LogNormal(math.log(data.mean), 2.0)}

    def _target(self, data, prior):
        return super()._target(data, prior) if self._known() else ExcessTarget(self, data, prior)

    def _remark(self, full, data):
        if full[1] < 1e-10 * data.stand_ins().mean:
            raise FitError("the likelihood of a generalised Pareto law rises without bound as scale goes to 0: too many excesses are 0; raise the threshold's precision, or use a prior")
        if full[0] < -0.999 and "shape" not in self._known():
            raise FitError(
                "the likelihood of a generalised Pareto law has no maximum here: it rises as shape falls to -1 and is unbounded below; the data end as "
                "sharply as uniform ones. Use method=MAP(prior={'shape': priors.Normal(0, 0.25), 'scale': ...}), 'bayes', or fix the shape"
            )
        return None

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        return np.log(-np.expm1(GeneralizedPareto._log_sf(x, full)))

    @staticmethod
    def _log_sf(x, full):
        z = np.maximum(x, 0.0) / full[1]
        return -z if full[0] == 0 else -np.log1p(np.maximum(full[0] * z, -1.0)) / full[0]

    @staticmethod
    def _quantile(q, full):
        shape, scale = full
        return scale * (-np.log1p(-q) if shape == 0 else np.expm1(-shape * np.log1p(-q)) / shape)

    @staticmethod
    def _moments(full):
        shape, scale = full
        mean = scale / (1 - shape) if shape < 1 else math.inf
        return mean, scale**2 / ((1 - shape) ** 2 * (1 - 2 * shape)) if shape < 0.5 else math.inf
