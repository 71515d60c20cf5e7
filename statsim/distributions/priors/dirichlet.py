"""The conjugate prior of probabilities: A. Gelman et al., Bayesian Data Analysis (2013), section 3.4."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


@dataclass(frozen=True)
class Dirichlet:
    """Dirichlet law of k probabilities.

    Parameters
    ----------
    alpha : float or sequence of k floats
        Rows that each category counts as, above 0; one number stands for all categories.

    Examples
    --------
    >>> Dirichlet(1.0).of_size(3)
    array([1., 1., 1.])
    """

    alpha: float | tuple

    def __post_init__(self):
        values = np.asarray(self.alpha, float)
        if values.ndim > 1 or not values.size or not (np.isfinite(values) & (values > 0)).all():
            raise ArgumentError(f"alpha must be one number above 0, or one for each category, got {self.alpha!r:.200}")
        object.__setattr__(self, "alpha", checks.real(self.alpha, "alpha") if values.ndim == 0 else tuple(values.tolist()))

    def of_size(self, k):
        """The shapes (k,).

        Raises
        ------
        ArgumentError
            When there are not k of them.
        """
        values = np.asarray(self.alpha, float)
        if values.ndim and len(values) != k:
            raise ArgumentError(f"alpha has {len(values)} numbers, and there are {k} categories: give one number, or one for each")
        return np.broadcast_to(values, k).copy()

    def log_density(self, p):
        """Log density at probabilities p (k,), with respect to the first k - 1 of them."""
        from scipy import special

        p = np.asarray(p, float)
        alpha = self.of_size(len(p))
        return float(special.gammaln(alpha.sum()) - special.gammaln(alpha).sum() + special.xlogy(alpha - 1, p).sum())
