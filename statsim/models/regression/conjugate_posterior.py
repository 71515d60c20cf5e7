"""The posterior of a linear regression under its conjugate prior: `Exact()` draws it."""

import math

import numpy as np


class ConjugatePosterior:
    """A posterior in closed form."""

    def __init__(self, data, prior, names):
        self.prior, self.names = prior, names
        design, y = data.design, data.y - data.offsets
        weighted = data.weights[:, None] * design
        self.law = prior.updated(design.T @ weighted, weighted.T @ y, float(data.weights @ np.square(y)), data.total_weight)

    def exact_draws(self, n, key):
        """Independent draws (n, p + 1) of coefficients and standard deviation."""
        from statsim.kernels.regression.conjugate import fill_conjugate

        lower = np.linalg.cholesky(self.law.precision)
        root = np.ascontiguousarray(np.linalg.inv(lower).T)  # root root^T is the inverse of the precision
        out = np.empty((n, len(self.law.mean) + 1))
        fill_conjugate(key, self.law.mean, root, self.law.shape, self.law.scale, out)
        return out

    def default_method(self):
        """Independent draws."""
        from statsim.samplers.exact import Exact

        return Exact()

    def shown(self, draws):
        """As they are."""
        return draws

    def mode(self):
        """The highest density of (coefficients, standard deviation): of -(2 a + p + 1) log s - c / s^2."""
        law = self.law
        return np.append(law.mean, math.sqrt(2 * law.scale / (2 * law.shape + len(law.mean) + 1)))
