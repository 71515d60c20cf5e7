"""Quantities of a mixture that do not change when its components are renumbered: what chains are judged by."""

import numpy as np

from statsim.models.mixture.parameter_rows import split
from statsim.samplers.draws.draws import Draws


def label_free_draws(draws, kind, k, moving):
    """`draws` of parameters as draws of the evenness of the weights and of the mixture's mean and variance in the columns `moving`, and of the log joint density.

    Parameters
    ----------
    draws : Draws
    kind : CovarianceKind
    k : int
    moving : (q,) int
    """
    chains, n, dim = draws.values.shape
    d = _columns(kind, k, dim)
    weights, means, covariances = split(draws.values.reshape(-1, dim), kind, k, d)
    variances = covariances if kind.diagonal else np.diagonal(covariances, axis1=-2, axis2=-1)
    variances = variances[:, :, None] if kind.name == "spherical" else variances
    variances = np.broadcast_to(variances[:, None] if kind.shared else variances, means.shape)
    centre = np.einsum("mk,mkj->mj", weights, means)
    spread = np.einsum("mk,mkj->mj", weights, variances + (means - centre[:, None]) ** 2)
    columns = [(weights**2).sum(axis=1)[:, None], centre[:, moving], spread[:, moving]]
    names = ["sum of squared weights", *(f"mean[{j}]" for j in moving), *(f"variance[{j}]" for j in moving)]
    if "log_density" in draws.stats:
        columns.append(np.asarray(draws.stats["log_density"], float).reshape(-1, 1))
        names.append("log_density")
    return Draws(np.concatenate(columns, axis=1).reshape(chains, n, -1), draws.stats, tuple(names), draws.method)


def _columns(kind, k, dim):
    """Columns of the data in rows of `dim` parameters."""
    return next(d for d in range(1, dim + 1) if k + k * d + int(np.prod(kind.shape(k, d))) == dim)
