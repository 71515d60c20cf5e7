"""All components share one covariance matrix: parameters (d, d)."""

import numpy as np

from statsim.distributions.covariance.kind import CovarianceKind, clipped, precision_factors


class Tied(CovarianceKind):
    """One free matrix for all components."""

    name = "tied"
    diagonal = False
    shared = True

    def shape(self, k, d):
        return (d, d)

    def n_parameters(self, k, d):
        return d * (d + 1) // 2

    def estimate(self, weights, central, d):
        return central[:, :d, :d].sum(axis=0) / weights.sum()

    def bounded(self, parameters, floor):
        return clipped(parameters[None], floor)[0]

    def dense(self, parameters, k, d):
        return np.broadcast_to(parameters, (k, d, d))

    def from_dense(self, matrices):
        return np.array(matrices[0])

    def factors(self, parameters, k, d):
        one = precision_factors(parameters[None])
        return None if one is None else (np.repeat(one[0], k, axis=0), np.repeat(one[1], k))
