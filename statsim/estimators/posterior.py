"""What a Bayesian fit gives back instead of one state."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.samplers.draws.draws import Draws


@dataclass(frozen=True)
class Posterior:
    """Draws of the parameters given the data.

    Attributes
    ----------
    draws : Draws
        Named as the model names its parameters.
    approximation : statsim.protocols.VariationalLaw or None
        The law they are draws of, where it stands for the posterior.
    """

    draws: Draws
    approximation: Any = None

    @property
    def mean(self):
        """Mean (p,) of the draws."""
        return self.draws.values.mean(axis=(0, 1))

    @property
    def rows(self):
        """All draws (n, p), chain after chain."""
        return np.ascontiguousarray(self.draws.values.reshape(-1, self.draws.dim))
