"""The conjugate prior of probabilities: T. S. Ferguson, Annals of Statistics 1 (1973), section 2."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


@dataclass(frozen=True, eq=False)
class Dirichlet:
    """Dirichlet law of the weights of a mixture, of the probabilities of categories.

    Parameters
    ----------
    concentration : float or array (k,)
        Above 0, one number for all or one for each: 1 is uniform; below 1 prefers few large weights.

    Examples
    --------
    >>> Dirichlet(2.0).concentrations(3).tolist()
    [2.0, 2.0, 2.0]
    """

    concentration: Any = 1.0

    def __post_init__(self):
        if np.ndim(self.concentration) == 0:
            checks.real(self.concentration, "concentration", minimum=0.0, open_minimum=True)
            return
        values = np.array(self.concentration, np.float64)
        if values.ndim != 1 or not values.size or not np.isfinite(values).all() or not (values > 0).all():
            raise ArgumentError(f"concentration must be a number above 0, or one for each component, got {self.concentration!r:.200}")
        object.__setattr__(self, "concentration", values)

    def __repr__(self):
        shown = self.concentration if np.ndim(self.concentration) == 0 else self.concentration.tolist()
        return f"Dirichlet({shown})"

    def concentrations(self, k):
        """One number for each of k components.

        Raises
        ------
        ArgumentError
            For an array of another length.
        """
        if np.ndim(self.concentration) and len(self.concentration) != k:
            raise ArgumentError(f"prior: the concentration of Dirichlet has {len(self.concentration)} numbers and there are {k} components; give {k}, or one for all")
        return np.array(np.broadcast_to(self.concentration, (k,)), np.float64)

    def log_density(self, weights):
        """Log density at `weights` (k,)."""
        weights = np.asarray(weights, float)
        alphas = self.concentrations(len(weights))
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(alphas == 1.0, 0.0, (alphas - 1.0) * np.log(weights))
        return math.lgamma(alphas.sum()) - sum(map(math.lgamma, alphas)) + float(terms.sum())
