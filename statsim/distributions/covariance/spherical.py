"""One variance for all columns of a component: parameters (k,)."""

import numpy as np

from statsim.distributions.covariance.kind import CovarianceKind, reciprocal_roots


class Spherical(CovarianceKind):
    """A free variance for each component, the same in every column."""

    name = "spherical"
    diagonal = True

    def shape(self, k, d):
        return (k,)

    def n_parameters(self, k, d):
        return k

    def estimate(self, weights, central, d):
        return central[:, 0, :].sum(axis=1) / (weights * d)

    def bounded(self, parameters, floor):
        return np.maximum(parameters, floor.mean())

    def dense(self, parameters, k, d):
        return parameters[:, None, None] * np.eye(d)

    def from_dense(self, matrices):
        return np.array(matrices[:, 0, 0])

    def factors(self, parameters, k, d):
        return reciprocal_roots(np.repeat(parameters[:, None], d, axis=1))
