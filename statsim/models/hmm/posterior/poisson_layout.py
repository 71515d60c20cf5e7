"""Rates of Poisson emissions among the coordinates of a target."""

from dataclasses import replace

import numpy as np

from statsim.kernels.hmm.posterior.gibbs_counts import poisson_sweep
from statsim.kernels.hmm.posterior.poisson import poisson_value_and_gradient
from statsim.models.hmm.emissions.columns import pooled_means
from statsim.models.hmm.posterior.priors import GammaRates
from statsim.samplers.supports import Positive


class PoissonLayout:
    """Coordinates from `begin` on: rates (k, d)."""

    value_and_gradient = staticmethod(poisson_value_and_gradient)
    sweep = staticmethod(poisson_sweep)
    prior_kind = GammaRates

    def __init__(self, template, k, d, begin):
        self.template = template
        self.rates = begin + np.arange(k * d).reshape(k, d)
        self.names, self.support = [f"rates[{c},{j}]" for c in range(k) for j in range(d)], [Positive(k * d)]
        self.tables = (self.rates,)

    @classmethod
    def given(cls, template, values, k, begin, prior):
        """The layout for steps `values` (n, d), under `prior`."""
        pooled_means(values)  # refuses columns of which nothing was observed
        layout = cls(template, k, values.shape[1], begin)
        layout.prior = prior.settled(values, k, None)
        return layout

    def prior_data(self):
        """What the density takes of the prior."""
        return self.rates, self.prior.shape, self.prior.rate

    sweep_data = prior_data

    def order(self, values, column):
        """What states are put in order by, (..., k), for coordinates `values` (..., dim)."""
        return values[..., self.rates[:, column]]

    def law(self, x):
        """The emission at x."""
        return replace(self.template, rates=x[self.rates].copy()).checked()

    def mean_law(self, rows):
        """The emission of the posterior means of the rates, over draws `rows` (n, dim)."""
        return self.law(rows.mean(axis=0))

    def place_law(self, law, x):
        """Write an emission to x."""
        x[self.rates] = law.rates

    def place_guess(self, steps, x):
        """Write a guess to x: rates half-way from what the prior expects to steps (k, d), NaN where missing."""
        expected = self.prior.shape / self.prior.rate
        x[self.rates] = 0.5 * expected + 0.5 * np.where(np.isnan(steps), expected, steps)
