"""A law of the parameters of a hidden Markov model that stands for their posterior: rows of the chain and emissions, independent of each other."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim.kernels.streams import seed_block
from statsim.models.hmm.principles.dirichlet_rows import DirichletRows

_BLOCK = 2**61  # blocks of a stream that no start has


@dataclass(frozen=True, eq=False)
class VariationalState:
    """Dirichlet `rows` (k + 1, k) of the chain and the law of the emission, in the standard units of `steps`; `counts` (k,) are the steps of each state."""

    rows: DirichletRows
    emission: Any
    steps: Any
    counts: Any = None

    @cached_property
    def _target(self):
        return self.steps.question.posterior(self.steps.asked)

    @cached_property
    def _laws(self):
        return self.steps.question.laws()

    @property
    def names(self):
        """Of the coordinates of draws."""
        return self._laws.names

    @cached_property
    def _shown(self):
        """Rows and emission in the units of the data, the states in order of their means in the first column where nothing else tells them apart."""
        emission = self.emission.rescaled(*self.steps.units)
        if self._target.order_by is None:
            return self.rows, emission
        order = np.argsort(self.emission.expected(self.steps.template).mean()[:, 0], kind="stable")
        shapes = self.rows.shapes[np.append(order, len(order))][:, order]
        return DirichletRows(shapes, self.rows.free), emission.reordered(order)

    def sample(self, n, key):
        """Draws (n, p)."""
        rows, emission = self._shown
        chain, layout, fixed = self._laws.chain, self._laws.emission, self.steps.fixed
        values, random, table = np.empty((n, len(self.names))), np.empty(4, np.uint64), fixed.copy()
        for i in range(n):
            seed_block(key[0], key[1], np.uint64(_BLOCK + i), random)
            rows.draw(random, table)
            values[i, chain.places[rows.free]] = table[rows.free]
            emission.draw(random, layout, values[i])
        return values

    def log_weights(self, draws):
        """Log posterior, up to a constant, less the log density of this law at draws (n, p)."""
        rows, emission = self._shown
        chain = self._laws.chain
        table = np.where(rows.free, draws[:, np.maximum(chain.places, 0)], 1.0)
        return self._target.log_density(draws) - rows.log_kernel(table) - emission.log_kernel(self._laws.emission, draws)
