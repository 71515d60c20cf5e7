"""Columns are independent within a component: parameters (k, d), the variances."""

import numpy as np

from statsim.distributions.covariance.kind import CovarianceKind, reciprocal_roots


class Diagonal(CovarianceKind):
    """A free variance for each component and column."""

    name = "diag"
    diagonal = True

    def shape(self, k, d):
        return (k, d)

    def n_parameters(self, k, d):
        return k * d

    def estimate(self, weights, central, d):
        return central[:, 0, :] / weights[:, None]

    def bounded(self, parameters, floor):
        return np.maximum(parameters, floor)

    def dense(self, parameters, k, d):
        return parameters[:, :, None] * np.eye(d)

    def from_dense(self, matrices):
        return np.array(np.diagonal(matrices, axis1=1, axis2=2))

    def factors(self, parameters, k, d):
        return reciprocal_roots(parameters)
