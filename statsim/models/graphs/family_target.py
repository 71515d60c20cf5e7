"""An exponential family of graphs as a target over pairs, with the moves that `Gibbs()` runs."""

import numpy as np

from statsim.kernels.streams import fill_uniform
from statsim.samplers.gibbs.conditional import Conditional
from statsim.samplers.targets.target import Target


class FamilyTarget(Target):
    """theta . s(x) over the pairs x; chains start at graphs with half of the pairs."""

    def __init__(self, family, theta, space, move):
        self._update = family.updates[move]
        super().__init__(family.log_density, dim=space.n_pairs, data=(theta, space.n_nodes), names=space.names())

    def draw_start(self, random):
        """Each pair an edge with probability 1/2."""
        x = np.empty(self.dim)
        fill_uniform(random, x)
        return (x < 0.5).astype(np.float64)

    def conditionals(self):
        """What `Gibbs()` runs: one sweep over the pairs."""
        return (Conditional(self._update),)

    def default_method(self):
        """What `sample` uses when no method is named."""
        from statsim.samplers.gibbs.gibbs import Gibbs

        return Gibbs()
