"""Dirichlet laws of the probabilities of symbols."""

from dataclasses import dataclass, replace

import numpy as np

from statsim.models.hmm.principles.dirichlet_rows import DirichletRows


@dataclass(frozen=True, eq=False)
class SymbolFactor:
    """Concentrations (k, m)."""

    rows: DirichletRows

    @classmethod
    def of_prior(cls, prior, template):
        """The law of settled `DirichletSymbols`, the same for each state."""
        shapes = np.tile(prior.concentration, (template.shape[0], 1))
        return cls(DirichletRows(shapes, np.ones(shapes.shape, bool)))

    def updated(self, law, sums):
        """The law given counts (m, k)."""
        return SymbolFactor(self.rows.updated(sums[0].T))

    def rescaled(self, centre, scale):
        """Symbols have no units."""
        return self

    def reordered(self, order):
        """The law whose state i is state order[i] of this one."""
        return SymbolFactor(self.rows.reordered(order))

    def mode(self, law):
        """The emission of the highest density of the probabilities."""
        return replace(law, probabilities=self.rows.mode(np.zeros(self.rows.shapes.shape), law.probabilities))

    def log_density(self, law):
        """Of the probabilities of an emission."""
        return self.rows.log_density(law.probabilities)

    def expected(self, law):
        """The emission at the mean of the law."""
        return replace(law, probabilities=self.rows.expected(law.probabilities))

    def geometric(self, law):
        """An emission and constants (k,): its log density plus these is the expected log density of a step."""
        return replace(law, probabilities=self.rows.geometric(law.probabilities)), np.zeros(len(law.probabilities))

    def divergence(self, prior):
        """Kullback-Leibler divergence from `prior`."""
        return self.rows.divergence(prior.rows)

    def pack(self):
        """Coordinates for extrapolation."""
        return self.rows.pack()

    def unpack(self, vector, prior):
        """The law of coordinates, or None."""
        return SymbolFactor(self.rows.unpack(vector)) if np.isfinite(vector).all() else None

    def draw(self, random, layout, x):
        """Write a draw to x (dim,)."""
        table = np.empty(self.rows.shapes.shape)
        self.rows.draw(random, table)
        x[layout.symbols] = table

    def log_kernel(self, layout, rows):
        """Log density (n,) at rows (n, dim), up to a constant."""
        return self.rows.log_kernel(rows[:, layout.symbols])
