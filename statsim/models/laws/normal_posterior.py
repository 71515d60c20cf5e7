"""The conjugate posterior of a normal law."""

import math
from dataclasses import dataclass

import numpy as np

from statsim.distributions.priors import NormalInverseGamma


@dataclass(frozen=True)
class NormalPosterior:
    """Location and standard deviation given the data."""

    law: NormalInverseGamma

    def draws(self, n, key):
        """Independent draws (n, 2)."""
        from statsim.kernels.laws.posteriors import fill_normal_inverse_gamma

        out = np.empty((n, 2))
        fill_normal_inverse_gamma(key, self.law.mean, self.law.mean_precision, self.law.shape, self.law.scale, out)
        return out

    def log_density(self, parameters):
        """Log density at parameters (2,)."""
        return float(self.law.log_density(*parameters))

    def mode(self):
        """The highest density of (loc, scale): d/ds of -(2 a + 2) log s - b / s^2, the normal factor and the step to s included."""
        return np.array([self.law.mean, math.sqrt(2 * self.law.scale / (2 * self.law.shape + 2))])
