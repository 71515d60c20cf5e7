"""The posterior predictive law of a mixture: one mixture of the components of many draws, so that the kernels of mixtures serve it."""

import numpy as np

from statsim.distributions.covariance import covariance_kind
from statsim.errors import FileRefusedError
from statsim.models.mixture.draws import block_fill
from statsim.models.mixture.parameter_rows import parameter_names, pooled, split
from statsim.models.posterior.document import read_posterior

SCORED_DRAWS = 200
"""Draws, evenly spaced, of which a predictive density is the mean and under which rows are drawn."""

_JOINT_BYTES = 2**25


def predictive_parameters(draws, kind, k, constant):
    """`MixtureParameters` with k components for each draw that is used, draw after draw."""
    rows = draws.values.reshape(-1, draws.dim)
    used = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), SCORED_DRAWS)).round().astype(int))
    return pooled(rows[used], kind, k, constant)


def component_probabilities(parameters, k, X):
    """Probability (n, k) of each component, summed over the draws."""
    chunk = max(1, _JOINT_BYTES // (8 * len(parameters.weights)))
    parts = [parameters.posterior(X[start : start + chunk]) for start in range(0, len(X), chunk)]
    return np.concatenate([part.reshape(len(part), -1, k).sum(axis=1) for part in parts])


def predictive_fill(parameters, k, key):
    """The function that fills blocks of the predictive law; a label is the component's number within its draw."""
    fill = block_fill(parameters, key)

    def fill_predictive(first_block, arrays):
        fill(first_block, arrays)
        np.remainder(arrays[1], k, out=arrays[1])

    return fill_predictive


def read_draws(document, kind_name, k, d):
    """The draws in the parameters of a file, or None; refused where one is no mixture."""
    kind = covariance_kind(kind_name)
    draws = read_posterior(document, parameter_names(kind, k, d))
    if draws is None:
        return None
    weights, _, covariances = split(draws.values.reshape(-1, draws.dim), kind, k, d)
    variances = covariances if kind.diagonal else np.diagonal(covariances, axis1=-2, axis2=-1)
    if (weights < 0).any() or np.abs(weights.sum(axis=1) - 1).max() > 1e-6 or (variances < 0).any():
        raise FileRefusedError("a draw of the posterior has weights that are no probabilities, or a variance below zero")
    return draws
