"""Probabilities of symbols among the coordinates of a target."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.hmm.posterior.categorical import categorical_value_and_gradient
from statsim.kernels.hmm.posterior.gibbs_counts import categorical_sweep
from statsim.models.hmm.posterior.priors import DirichletSymbols
from statsim.samplers.supports import Simplex


class CategoricalLayout:
    """Coordinates from `begin` on: probabilities (k, m)."""

    value_and_gradient = staticmethod(categorical_value_and_gradient)
    sweep = staticmethod(categorical_sweep)
    prior_kind = DirichletSymbols

    def __init__(self, template, k, d, begin):
        m = template.n_categories
        self.template, self.symbols = template, begin + np.arange(k * m).reshape(k, m)
        self.names, self.support = [f"probabilities[{c},{i}]" for c in range(k) for i in range(m)], [Simplex(m)] * k
        self.tables = (self.symbols,)

    @classmethod
    def given(cls, template, values, k, begin, prior):
        """The layout for steps `values` (n, 1), under `prior`."""
        m = template.pooled(values, 1).n_categories
        if m < 2:
            raise ArgumentError(f"the alphabet of X has {m} symbol: there is nothing to learn; give Categorical(n_categories=) with all that can occur")
        layout = cls(replace(template, n_categories=m), k, 1, begin)
        layout.prior = prior.settled(values, k, m)
        return layout

    def prior_data(self):
        """What the density takes of the prior."""
        return self.symbols, self.prior.concentration

    sweep_data = prior_data

    def order(self, values, column):
        """What states are put in order by, (..., k), for coordinates `values` (..., dim): the mean symbol."""
        return values[..., self.symbols] @ np.arange(float(self.symbols.shape[1]))

    def law(self, x):
        """The emission at x."""
        table = x[self.symbols]
        return replace(self.template, probabilities=table / table.sum(axis=1, keepdims=True)).checked()

    def mean_law(self, rows):
        """The emission of the posterior means of the probabilities, over draws `rows` (n, dim)."""
        return self.law(rows.mean(axis=0))

    def place_law(self, law, x):
        """Write an emission to x."""
        x[self.symbols] = law.probabilities

    def place_guess(self, steps, x):
        """Write a guess to x: each state prefers the symbol of its step in steps (k, 1), NaN where missing."""
        m = self.symbols.shape[1]
        table = np.full(self.symbols.shape, 0.5 / m)
        for row, step in zip(table, steps[:, 0], strict=True):
            row[slice(None) if np.isnan(step) else int(step)] += 0.5 / m if np.isnan(step) else 0.5
        x[self.symbols] = table
