"""Two empirical distribution functions on their common grid: what the one-dimensional distances are integrals of."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Steps:
    """Distribution functions $F$ (real) and $G$ (synthetic) at the pooled sorted distinct values `grid`."""

    grid: np.ndarray
    real: np.ndarray
    synthetic: np.ndarray
    n_real: int
    n_synthetic: int

    @classmethod
    def of(cls, real, synthetic):
        """From two arrays without missing values; O(n log n)."""
        grid = np.unique(np.concatenate([real, synthetic]))
        f, g = (np.searchsorted(np.sort(x), grid, side="right") / x.size for x in (real, synthetic))
        return cls(grid, f, g, real.size, synthetic.size)

    @property
    def pooled(self):
        """The distribution function $H$ of both tables together."""
        n, m = self.n_real, self.n_synthetic
        return (n * self.real + m * self.synthetic) / (n + m)

    @property
    def noise(self):
        """Variance of $F(t) - G(t)$ over $H(t)(1 - H(t))$ when the laws are equal: $1/n + 1/m$."""
        return 1 / self.n_real + 1 / self.n_synthetic

    def integral(self, integrand):
        """Integral over the line of a function given at the grid (constant between grid points)."""
        return float(np.sum(integrand[:-1] * np.diff(self.grid)))

    def error(self, slope):
        r"""Standard error of a functional by its influence function $\int s(t) (1\{x \le t\} - F(t)) dt$."""
        rise = np.concatenate([[0.0], -np.cumsum(slope[:-1] * np.diff(self.grid))])
        rise -= rise.mean()
        variance = 0.0
        for distribution, n in ((self.real, self.n_real), (self.synthetic, self.n_synthetic)):
            mass = np.diff(distribution, prepend=0.0)
            variance += max(mass @ rise**2 - (mass @ rise) ** 2, 0.0) / n
        return float(np.sqrt(variance))
