"""The log-normal law (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 14): a normal law of logarithms."""

import math

import numpy as np

from statsim import checks
from statsim.distributions.priors import LogNormal as LogNormalPrior
from statsim.distributions.priors import StudentT
from statsim.errors import FitError
from statsim.models.laws import normal
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.mean_field_normal import mean_field_steps
from statsim.models.laws.number_law import NumberLaw
from statsim.models.laws.spread import spread
from statsim.models.laws.summaries import LOG_MEAN_AND_VARIANCE
from statsim.samplers.supports import Positive, Real


class LogNormal(Fixable, NumberLaw):
    """Log-normal law: log x is normal of mean `log_mean` and standard deviation `log_sd`; SciPy's ``lognorm(log_sd, scale=exp(log_mean))``.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"log_mean": 0.0}``.
    method : str or method object
        "mle" (closed form), "map", "bayes", "vb", with the priors and defaults of `Normal`, on the logarithms: `NormalInverseGamma`, or
        ``{"log_mean": ..., "log_sd": ...}``.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    log_mean_, log_sd_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = LogNormal().fit([1.0, 10.0, 100.0])
    >>> round(model.log_mean_, 6), round(model.log_sd_, 6)
    (2.302585, 1.880053)
    """

    _names = ("log_mean", "log_sd")
    _supports = (Real(), Positive())
    _summary = LOG_MEAN_AND_VARIANCE
    _words = "numbers above 0"

    @classmethod
    def from_parameters(cls, *, log_mean=0.0, log_sd=1.0):
        """The law with known parameters.

        Parameters
        ----------
        log_mean : float
            Mean of the logarithm.
        log_sd : float
            Standard deviation of the logarithm, above 0.

        Examples
        --------
        >>> round(LogNormal.from_parameters(log_mean=1.0).mean(), 6)
        4.481689
        """
        return cls()._set((checks.real(log_mean, "log_mean"), positive(log_sd, "log_sd")))

    def _inside(self, values):
        return values > 0

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import log_normal

        return log_normal

    def _solve(self, data):
        if not data.is_whole:
            return None
        known, logs = self._known(), data.mapped(np.log)
        log_mean = known.get("log_mean", logs.mean)
        log_sd = known.get("log_sd", math.sqrt(logs.squares / logs.total_weight + (logs.mean - log_mean) ** 2))
        if not log_sd > 0:
            raise FitError(f"all values are {data.values[0]:g}: a log-normal law needs two different ones; the likelihood rises without bound as log_sd goes to 0")
        return np.array([log_mean, log_sd])

    def _start(self, data):
        logs = data.mapped(np.log)
        return np.array([logs.mean, spread(logs)])

    def _weak_priors(self, data):
        logs = data.mapped(np.log)
        return {"log_mean": StudentT(logs.mean, 10 * spread(logs), 3.0), "log_sd": LogNormalPrior(math.log(spread(logs)), 2.0)}

    def _default_prior(self, data):
        if not data.is_whole or self._known():
            return super()._default_prior(data)
        return normal.default_prior(data, self._solve(data))

    def _conjugate(self, prior, data):
        return normal.conjugate(self, prior, data.mapped(np.log)) if data.is_whole else None

    def _variational(self, prior, data, steps):
        posterior = self._conjugate(prior, data)
        if posterior is None:
            return super()._variational(prior, data, steps)
        return mean_field_steps(prior, data.mapped(np.log), self.parameter_names, steps.log_evidence(prior, posterior))

    def _prior_wanted(self):
        return f"{super()._prior_wanted()}; or, of whole data with nothing fixed, NormalInverseGamma"

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        from scipy import special

        return special.log_ndtr((np.log(np.maximum(x, 0.0)) - full[0]) / full[1])

    @staticmethod
    def _log_sf(x, full):
        from scipy import special

        return special.log_ndtr((full[0] - np.log(np.maximum(x, 0.0))) / full[1])

    @staticmethod
    def _quantile(q, full):
        from scipy import special

        return np.exp(full[0] + full[1] * special.ndtri(q))

    @staticmethod
    def _moments(full):
        return math.exp(full[0] + 0.5 * full[1] ** 2), math.expm1(full[1] ** 2) * math.exp(2 * full[0] + full[1] ** 2)
