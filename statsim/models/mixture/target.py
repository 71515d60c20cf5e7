"""A Gaussian mixture as a target: its density with an analytic gradient, and starts that are draws of the mixture."""

import numpy as np

from statsim.distributions.covariance import lower_factors
from statsim.errors import ArgumentError, FitError
from statsim.kernels.mixture.gibbs import mixture_sweep
from statsim.kernels.mixture.target import mixture_point, mixture_value_and_gradient
from statsim.samplers.gibbs.conditional import Conditional
from statsim.samplers.targets.target import Target


class MixtureTarget(Target):
    """The density of `parameters` (`MixtureParameters` without constant columns); chains start at draws of it."""

    def __init__(self, parameters, names=None, **options):
        self._parameters = parameters
        factors, constants = density_tables(parameters)
        options = {"value_and_gradient": mixture_value_and_gradient, "data": (parameters.means, factors, constants), **options}
        super().__init__(dim=parameters.shape[1], names=names, interpreted=True, **options)

    def draw_start(self, random):
        """A draw of the mixture from the stream `random`."""
        x = np.empty(self.dim)
        mixture_point(random, *self._start_tables(), x)
        return x

    def conditionals(self):
        """What `Gibbs()` runs: the component given the row, then each coordinate given the others."""
        d = self.dim
        return (sweep(self._parameters, np.full(d, -np.inf), np.full(d, np.inf), np.zeros((0, d)), np.zeros(0), np.zeros(0)),)

    def _start_tables(self):
        """Cumulative weights, means and lower factors."""
        if not hasattr(self, "_starts"):
            lower = lower_factors(self._parameters.dense)
            self._starts = np.cumsum(self._parameters.weights), np.ascontiguousarray(self._parameters.means), lower
        return self._starts


def sweep(parameters, low, high, rows, row_low, row_high):
    """One Gibbs sweep of a mixture between bounds and inequalities, as a move of `Gibbs`."""
    inverses = np.linalg.inv(parameters.dense)
    precisions = (inverses + inverses.transpose(0, 2, 1)) / 2
    return Conditional(mixture_sweep, (parameters.means, *density_tables(parameters), precisions, low, high, rows, row_low, row_high))


def density_tables(parameters):
    """Precision factors and constants of a mixture that has a density.

    Raises
    ------
    ArgumentError
        For constant columns.
    FitError
        When a covariance is not positive definite to working precision.
    """
    if parameters.constant.any():
        columns, free = np.flatnonzero(parameters.constant).tolist(), parameters.active.tolist()
        remedy = f"use the others: model.marginal({free})" if free else "there is nothing to move in: use model.sample(n)"
        raise ArgumentError(f"columns {columns} are constant: a point mass has no density that a sampler could move in; {remedy}")
    tables = parameters.kind.factors(parameters._active_covariances, *parameters.shape)
    if tables is None:
        raise FitError("covariances are not positive definite to working precision; the density has no gradient that could be trusted")
    return parameters._factors
