"""How much weight each distinct count has in each state: the sufficient statistics of laws that have no others."""

import numpy as np

from statsim.kernels.hmm.emissions.negative_binomial import add_tallies


class Tally:
    """Distinct counts of each column in order, and their weights in each state; two tallies add up."""

    def __init__(self, shape):
        k, d = shape
        self.counts, self.weights = [np.empty(0)] * d, [np.zeros((0, k))] * d

    def add(self, values, gamma, weights):
        """Add the counts `values` (n, d), NaN where missing, with the weights of the steps and gamma (n, k) of the states."""
        for j, column in enumerate(values.T):
            seen = ~np.isnan(column)
            distinct, places = np.unique(column[seen], return_inverse=True)
            own, table = np.full(len(column), -1), np.zeros((len(distinct), gamma.shape[1]))
            own[seen] = places
            add_tallies(own, gamma, weights, table)
            self._merge(j, distinct, table)

    def _merge(self, j, counts, table):
        distinct, places = np.unique(np.concatenate([self.counts[j], counts]), return_inverse=True)
        merged = np.zeros((len(distinct), table.shape[1]))
        np.add.at(merged, places, np.concatenate([self.weights[j], table]))
        self.counts[j], self.weights[j] = distinct, merged

    def __add__(self, other):
        k, d = self.weights[0].shape[1], len(self.counts)
        total = Tally((k, d))
        for part in (self, other):
            for j in range(d):
                total._merge(j, part.counts[j], part.weights[j])
        return total

    def moments(self):
        """Weights (k, d) of the states and weighted sums (k, d)."""
        zeroth = np.stack([weights.sum(axis=0) for weights in self.weights], axis=1)
        return zeroth, np.stack([counts @ weights for counts, weights in zip(self.counts, self.weights, strict=True)], axis=1)
