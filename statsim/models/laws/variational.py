"""Variational posteriors of laws: of one block, where the nearest law is the posterior itself."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class OneBlock:
    """The posterior as its own approximation: the bound is the evidence, the weights are all alike."""

    posterior: Any
    names: tuple

    def sample(self, n, key):
        """Draws (n, p)."""
        return self.posterior.draws(n, key)

    def log_weights(self, draws):
        """Zero (n,)."""
        return np.zeros(len(draws))


@dataclass(frozen=True)
class VariationalSolution:
    """Steps of the loop of formulas: the nearest law and the lower bound of the evidence."""

    prior: Any
    law: Any
    bound: float

    loop = "closed form"

    def solve(self):
        """The law and the bound."""
        return self.law, self.bound
