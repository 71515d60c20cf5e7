"""Gamma laws of Poisson rates."""

from dataclasses import dataclass, replace

import numpy as np

from statsim.kernels.variates.standard_gamma import standard_gamma


@dataclass(frozen=True, eq=False)
class GammaFactor:
    """shape (k, d), rate (k, d)."""

    shape: np.ndarray
    rate: np.ndarray

    @classmethod
    def of_prior(cls, prior, template):
        """The law of settled `GammaRates`, the same for each state."""
        k = template.shape[0]
        return cls(np.tile(prior.shape, (k, 1)), np.tile(prior.rate, (k, 1)))

    def updated(self, law, sums):
        """The law given weights and weighted sums (k, d)."""
        return GammaFactor(self.shape + sums[1], self.rate + sums[0])

    def rescaled(self, centre, scale):
        """Counts have no units."""
        return self

    def reordered(self, order):
        """The law whose state i is state order[i] of this one."""
        return GammaFactor(self.shape[order], self.rate[order])

    def mode(self, law):
        """The emission of the highest density of the rates."""
        return replace(law, rates=np.maximum(self.shape - 1.0, 0.0) / self.rate)

    def log_density(self, law):
        """Of the rates of an emission; the factor of a shape below 1 is cut off at a rate of 1e-10."""
        from scipy.special import gammaln, xlogy

        rates = np.where(self.shape < 1.0, np.maximum(law.rates, 1e-10), law.rates)
        return float((self.shape * np.log(self.rate) - gammaln(self.shape) + xlogy(self.shape - 1.0, rates) - self.rate * law.rates).sum())

    def expected(self, law):
        """The emission at the mean of the law."""
        return replace(law, rates=self.shape / self.rate)

    def geometric(self, law):
        """An emission and constants (k,): its log density plus these is the expected log density of a step."""
        from scipy.special import digamma

        rates = np.exp(digamma(self.shape)) / self.rate
        return replace(law, rates=rates), (rates - self.shape / self.rate).sum(axis=1)

    def divergence(self, prior):
        """Kullback-Leibler divergence from `prior`."""
        from scipy.special import digamma, gammaln

        a, b, a0, b0 = self.shape, self.rate, prior.shape, prior.rate
        return float(((a - a0) * digamma(a) - gammaln(a) + gammaln(a0) + a0 * np.log(b / b0) + a * (b0 - b) / b).sum())

    def pack(self):
        """Coordinates for extrapolation."""
        return np.log(np.concatenate([self.shape.ravel(), self.rate.ravel()]))

    def unpack(self, vector, prior):
        """The law of coordinates, or None."""
        if not (np.abs(vector) < 600).all():
            return None
        shape, rate = np.exp(vector).reshape(2, *self.shape.shape)
        return GammaFactor(shape, rate)

    def draw(self, random, layout, x):
        """Write a draw to x (dim,)."""
        drawn = np.array([standard_gamma(random, a) for a in self.shape.ravel()]).reshape(self.shape.shape)
        x[layout.rates] = np.maximum(drawn, 1e-300) / self.rate

    def log_kernel(self, layout, rows):
        """Log density (n,) at rows (n, dim), up to a constant."""
        rates = rows[:, layout.rates]
        return ((self.shape - 1.0) * np.log(rates) - self.rate * rates).sum(axis=(1, 2))
