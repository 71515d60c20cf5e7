r"""The mean-field posterior of a normal law: a normal location, and independent of it an inverse gamma variance.

Under the posterior NIG(m, kappa, a, b) of the conjugate prior, coordinate ascent (C. Bishop, Pattern Recognition and Machine Learning (2006),
section 10.1.3) goes between the variance of the location, v = b' / (a' kappa), and the law IG(a', b') of the variance with
a' = a + 1/2, b' = b + kappa v / 2.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from statsim.distributions.priors import InverseGamma, NormalInverseGamma

_STEPS = 200


@dataclass(frozen=True)
class MeanFieldNormal:
    """One state of the ascent.

    Attributes
    ----------
    posterior : NormalInverseGamma
    location_variance, shape, scale : float
    names : tuple
    """

    posterior: NormalInverseGamma
    location_variance: float
    shape: float
    scale: float
    names: tuple = ("loc", "scale")

    def step(self):
        """The state after both blocks have been set in turn."""
        post = self.posterior
        variance = self.scale / (self.shape * post.mean_precision)
        return replace(self, location_variance=variance, shape=post.shape + 0.5, scale=post.scale + 0.5 * post.mean_precision * variance)

    def gap(self):
        """What the lower bound lacks to the log evidence: the divergence from the posterior."""
        from scipy.special import digamma

        post, a, b, v = self.posterior, self.shape, self.scale, self.location_variance
        log_variance, precision = math.log(b) - digamma(a), a / b
        posterior = (
            post.shape * math.log(post.scale) - math.lgamma(post.shape) + 0.5 * math.log(post.mean_precision / (2 * math.pi))
            - (post.shape + 1.5) * log_variance - (post.scale + 0.5 * post.mean_precision * v) * precision
        )  # fmt: skip
        entropy = 0.5 * math.log(2 * math.pi * math.e * v) + a + math.log(b) + math.lgamma(a) - (a + 1) * digamma(a)
        return -float(posterior + entropy)

    def sample(self, n, key):
        """Draws (n, 2) of location and standard deviation."""
        from statsim.kernels.laws.posteriors import fill_normal_times_inverse_gamma

        out = np.empty((n, 2))
        fill_normal_times_inverse_gamma(key, self.posterior.mean, math.sqrt(self.location_variance), self.shape, self.scale, out)
        return out

    def log_weights(self, draws):
        """Log posterior less log density of this law at draws (n, 2)."""
        loc, scale = draws[:, 0], draws[:, 1]
        normal = -0.5 * (loc - self.posterior.mean) ** 2 / self.location_variance - 0.5 * math.log(2 * math.pi * self.location_variance)
        law = InverseGamma(self.shape, self.scale)
        variance = np.array([law.log_density(square) for square in scale**2]) + np.log(2 * scale)
        return self.posterior.log_density(loc, scale) - normal - variance


@dataclass(frozen=True)
class MeanFieldSteps:
    """Steps of the loop of formulas: the ascent converges by a factor of the rows at each step, so it is run to its end."""

    prior: NormalInverseGamma
    start: MeanFieldNormal
    log_evidence: Any

    loop = "closed form"

    def solve(self):
        """The fixed point and the lower bound of the evidence."""
        state = self.start
        for _ in range(_STEPS):
            after = state.step()
            if after == state:
                break
            state = after
        return state, self.log_evidence - state.gap()


def mean_field_steps(prior, data, names, log_evidence):
    """The ascent from the posterior's own variance of the location."""
    post = prior.updated(data.total_weight, data.mean, data.squares)
    start = MeanFieldNormal(post, post.scale / (post.shape * post.mean_precision), post.shape + 0.5, post.scale, names)
    return MeanFieldSteps(prior, start, log_evidence)
