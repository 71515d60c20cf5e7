"""The conjugate prior of probabilities: T. S. Ferguson, Annals of Statistics 1 (1973), section 2; A. Gelman et al., Bayesian Data Analysis (2013), section 3.4."""

import math
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


@dataclass(frozen=True)
class Dirichlet:
    """Dirichlet law of probabilities: of categories, of the components of a mixture.

    Parameters
    ----------
    concentration : float or sequence of k floats
        Rows that each counts as, above 0, one number for all or one for each: 1 is uniform; below 1 prefers few large probabilities.

    Examples
    --------
    >>> Dirichlet(2.0).concentrations(3).tolist()
    [2.0, 2.0, 2.0]
    """

    concentration: float | tuple = 1.0

    def __post_init__(self):
        values = np.asarray(self.concentration, float)
        if values.ndim > 1 or not values.size or not (np.isfinite(values) & (values > 0)).all():
            raise ArgumentError(f"concentration must be a number above 0, or one for each component or category, got {self.concentration!r:.200}")
        own = checks.real(self.concentration, "concentration") if values.ndim == 0 else tuple(values.tolist())
        object.__setattr__(self, "concentration", own)

    def concentrations(self, k):
        """One number for each of k (k,).

        Raises
        ------
        ArgumentError
            When there are not k of them.
        """
        if np.ndim(self.concentration) and len(self.concentration) != k:
            raise ArgumentError(f"prior: the concentration of Dirichlet has {len(self.concentration)} numbers and {k} are needed; give {k}, or one for all")
        return np.array(np.broadcast_to(np.asarray(self.concentration, float), (k,)))

    def log_density(self, weights):
        """Log density at probabilities (k,), with respect to the first k - 1 of them."""
        weights = np.asarray(weights, float)
        shapes = self.concentrations(len(weights))
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(shapes == 1.0, 0.0, (shapes - 1.0) * np.log(weights))
        return math.lgamma(shapes.sum()) - sum(map(math.lgamma, shapes)) + float(terms.sum())
