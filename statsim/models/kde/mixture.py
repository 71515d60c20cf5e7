"""A Gaussian estimate over real columns is a Gaussian mixture with a component for each row."""

import numpy as np

from statsim.distributions.covariance import covariance_kind
from statsim.errors import ArgumentError
from statsim.models.mixture.parameters import MixtureParameters


def is_mixture(law):
    """True when every kernel is a normal law over the whole space."""
    return law.kernel.name == "gaussian" and law.is_real


def mixture_of(law):
    """`MixtureParameters` with the same law.

    Raises
    ------
    ArgumentError
        For other kernels, and for bounded, circular and categorical columns.
    """
    if not is_mixture(law):
        raise ArgumentError("only an estimate with kernel='gaussian' whose columns may be any number is a Gaussian mixture")
    d = law.shape[1]
    matrix = law.bandwidth if law.is_full else np.diag(law.bandwidth**2)
    no_constant = np.zeros(d, bool)
    if law.factors is None:
        return MixtureParameters(covariance_kind("tied"), law.weights, law.rows, matrix, no_constant)
    if law.is_full:
        return MixtureParameters(covariance_kind("full"), law.weights, law.rows, matrix * law.factors[:, None, None] ** 2, no_constant)
    return MixtureParameters(covariance_kind("diag"), law.weights, law.rows, (law.bandwidth * law.factors[:, None]) ** 2, no_constant)
