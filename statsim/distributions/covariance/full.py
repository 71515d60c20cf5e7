"""Every component has a covariance matrix of its own: parameters (k, d, d)."""

from statsim.distributions.covariance.kind import CovarianceKind, clipped, precision_factors


class Full(CovarianceKind):
    """A free matrix for each component."""

    name = "full"
    diagonal = False

    def shape(self, k, d):
        return (k, d, d)

    def n_parameters(self, k, d):
        return k * d * (d + 1) // 2

    def estimate(self, weights, central, d):
        return central[:, :d, :d] / weights[:, None, None]

    def bounded(self, parameters, floor):
        return clipped(parameters, floor)

    def dense(self, parameters, k, d):
        return parameters

    def from_dense(self, matrices):
        return matrices

    def factors(self, parameters, k, d):
        return precision_factors(parameters)
