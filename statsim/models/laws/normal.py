r"""The normal law.

C. F. Gauss (1809); maximum likelihood and the conjugate posterior as in A. Gelman et al., Bayesian Data Analysis (2013), section 3.3.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.distributions.priors import NormalInverseGamma
from statsim.errors import FitError
from statsim.models.laws.law_model import LawModel, positive
from statsim.models.laws.summaries import MEAN_AND_VARIANCE
from statsim.samplers.supports import Positive, Real


class Normal(LawModel):
    r"""Normal law of mean `loc` and standard deviation `scale`.

    Parameters
    ----------
    method : str or method object
        "mle" (closed form), "map", "bayes" (closed form under the conjugate prior, NUTS under independent ones).
        Priors: `NormalInverseGamma`, or ``{"loc": ..., "scale": ...}``. Default: `NormalInverseGamma` about the data's mean,
        worth a hundredth of a row there, with one row's worth of the data's variance.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian fit, nothing else.

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

    parameter_names = ("loc", "scale")
    parameter_supports = (Real(), Positive())
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

    # ------------------------------------------------------------ steps

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import normal

        return normal

    @classmethod
    def _solve(cls, data):
        scale = math.sqrt(data.squares / data.total_weight)
        if not scale > 0:
            raise FitError(f"all values are {data.values[0]:g}: a normal law needs two different ones; the likelihood rises without bound as scale goes to 0")
        return np.array([data.mean, scale])

    @classmethod
    def _default_prior(cls, data):
        loc, scale = cls._solve(data)
        return NormalInverseGamma(mean=float(loc), mean_precision=0.01, shape=0.5, scale=float(0.5 * scale**2))

    @classmethod
    def _conjugate(cls, prior, data):
        if not isinstance(prior, NormalInverseGamma):
            return None
        return _NormalPosterior(prior.updated(data.total_weight, data.mean, data.squares))


@dataclass(frozen=True)
class _NormalPosterior:
    """Location and scale given the data."""

    law: NormalInverseGamma

    def draws(self, n, key):
        from statsim.kernels.laws.posteriors import fill_normal_inverse_gamma

        out = np.empty((n, 2))
        fill_normal_inverse_gamma(key, self.law.mean, self.law.mean_precision, self.law.shape, self.law.scale, out)
        return out

    def mode(self):
        """The highest density of (loc, scale): d/ds of -(2 a + 2) log s - b / s^2, the normal factor and the step to s included."""
        return np.array([self.law.mean, math.sqrt(2 * self.law.scale / (2 * self.law.shape + 2))])
