r"""The normal law.

C. F. Gauss (1809); maximum likelihood and the conjugate posterior as in A. Gelman et al., Bayesian Data Analysis (2013), section 3.3.
"""

import math

import numpy as np

from statsim import checks
from statsim.distributions.priors import LogNormal, NormalInverseGamma, StudentT
from statsim.errors import FitError
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.mean_field_normal import mean_field_steps
from statsim.models.laws.normal_posterior import NormalPosterior
from statsim.models.laws.number_law import NumberLaw
from statsim.models.laws.spread import spread
from statsim.models.laws.summaries import MEAN_AND_VARIANCE
from statsim.samplers.supports import Positive, Real


class Normal(Fixable, NumberLaw):
    r"""Normal law of mean `loc` and standard deviation `scale`.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"loc": 0.0}``.
    method : str or method object
        "mle" (closed form), "map", "bayes" (closed form under the conjugate prior, NUTS under independent ones), "vb" (location and variance
        independent, under the conjugate prior).
        Priors: `NormalInverseGamma`, or ``{"loc": ..., "scale": ...}``. Default: `NormalInverseGamma` about the data's mean,
        worth a hundredth of a row there, with one row's worth of the data's variance. Of censored or truncated data, or with a known parameter:
        `StudentT` of 3 degrees about the data's mean and ten times as wide as the data for `loc`, `LogNormal` of log-sd 2 for `scale`.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    loc_, scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Normal().fit([1.0, 2.0, 3.0])
    >>> model.loc_, round(model.scale_, 6)
    (2.0, 0.816497)
    >>> Normal(method="bayes", rng=0).fit([1.0, 2.0, 3.0]).posterior_.names
    ('loc', 'scale')
    """

    _names = ("loc", "scale")
    _supports = (Real(), Positive())
    _summary = MEAN_AND_VARIANCE

    @classmethod
    def from_parameters(cls, *, loc=0.0, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        loc : float
        scale : float
            Above 0.

        Examples
        --------
        >>> round(float(Normal.from_parameters(loc=1.0, scale=2.0).score_samples([1.0])[0]), 6)
        -1.612086
        """
        return cls()._set((checks.real(loc, "loc"), positive(scale, "scale")))

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import normal

        return normal

    def _solve(self, data):
        if not data.is_whole:
            return None
        known = self._known()
        loc = known.get("loc", data.mean)
        scale = known.get("scale", math.sqrt(data.squares / data.total_weight + (data.mean - loc) ** 2))
        if not scale > 0:
            raise FitError(f"all values are {data.values[0]:g}: a normal law needs two different ones; the likelihood rises without bound as scale goes to 0")
        return np.array([loc, scale])

    def _start(self, data):
        return np.array([data.mean, spread(data)])

    def _weak_priors(self, data):
        return {"loc": StudentT(data.mean, 10 * spread(data), 3.0), "scale": LogNormal(math.log(spread(data)), 2.0)}

    def _default_prior(self, data):
        if not data.is_whole or self._known():
            return super()._default_prior(data)
        return default_prior(data, self._solve(data))

    def _conjugate(self, prior, data):
        return conjugate(self, prior, data)

    def _variational(self, prior, data, steps):
        posterior = self._conjugate(prior, data)
        if posterior is None:
            return super()._variational(prior, data, steps)
        return mean_field_steps(prior, data, self.parameter_names, steps.log_evidence(prior, posterior))

    def _prior_wanted(self):
        return f"{super()._prior_wanted()}; or, of whole data with nothing fixed, NormalInverseGamma"

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        from scipy import special

        return special.log_ndtr((x - full[0]) / full[1])

    @staticmethod
    def _log_sf(x, full):
        from scipy import special

        return special.log_ndtr((full[0] - x) / full[1])

    @staticmethod
    def _quantile(q, full):
        from scipy import special

        return full[0] + full[1] * special.ndtri(q)

    @staticmethod
    def _moments(full):
        return full[0], full[1] ** 2


def default_prior(data, top):
    """The conjugate prior about the data, for the maximum (loc, scale) of the likelihood."""
    return NormalInverseGamma(mean=float(top[0]), mean_precision=0.01, shape=0.5, scale=float(0.5 * top[1] ** 2))


def conjugate(law, prior, data):
    """The posterior under `NormalInverseGamma`, or None."""
    if not isinstance(prior, NormalInverseGamma) or not data.is_whole or law._known():
        return None
    return NormalPosterior(prior.updated(data.total_weight, data.mean, data.squares))
