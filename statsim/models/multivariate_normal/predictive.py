"""The posterior predictive law of a multivariate normal model: a mixture of the laws of many draws, so that the kernels of mixtures serve it."""

import numpy as np

from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.models.mixture.predictive import SCORED_DRAWS


def predictive_mixture(draws, d):
    """`GaussianMixture` with one component for each of at most `SCORED_DRAWS` evenly spaced draws."""
    rows = draws.values.reshape(-1, draws.dim)
    used = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), SCORED_DRAWS)).round().astype(int))]
    covariances = used[:, d:].reshape(-1, d, d)
    weights = np.full(len(used), 1.0 / len(used))
    return GaussianMixture.from_parameters(weights=weights, means=used[:, :d], covariances=(covariances + covariances.transpose(0, 2, 1)) / 2)
