"""Components to begin with that cover the steps: groups by k-means, so that the components of a state differ from the start."""

import numpy as np

from statsim.kernels.mixture.kmeans import assign, lloyd, seed_plus_plus
from statsim.kernels.streams import seed_block
from statsim.models.hmm.emissions.columns import pooled_means

_LLOYD_ITERATIONS = 10
_MOST_ROWS = 10_000
_SPARE = 1e-2  # of the pooled covariance, so that a group of equal steps has a spread


def spread_components(values, n_mix):
    """Weights (m,), means (m, d) and covariances (m, d, d) of m groups of the steps (n, d), NaN replaced by means."""
    rows = np.where(np.isnan(values), pooled_means(values), values)
    if len(rows) > _MOST_ROWS:
        rows = rows[np.linspace(0, len(rows) - 1, _MOST_ROWS).astype(np.int64)]
    rows = np.ascontiguousarray(rows)
    weights, random = np.ones(len(rows)), np.empty(4, np.uint64)
    centres, labels = np.empty((n_mix, rows.shape[1])), np.full(len(rows), -1)
    seed_block(np.uint64(0), np.uint64(0), np.uint64(0), random)
    seed_plus_plus(rows, weights, random, centres)
    lloyd(rows, weights, centres, labels, _LLOYD_ITERATIONS)
    assign(rows, centres, labels)
    whole = np.cov(rows.T, bias=True).reshape(rows.shape[1], -1)
    shares, means, covariances = np.empty(n_mix), np.empty(centres.shape), np.empty((n_mix, *whole.shape))
    for i in range(n_mix):
        own = rows[labels == i]
        shares[i] = len(own) + 1.0
        means[i] = own.mean(axis=0) if len(own) else centres[i]
        centred = own - means[i]
        covariances[i] = (centred.T @ centred + whole) / (len(own) + 1.0) + _SPARE * np.diag(np.diagonal(whole))
    return shares / shares.sum(), means, covariances
