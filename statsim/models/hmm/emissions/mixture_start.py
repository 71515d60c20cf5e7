"""Components to begin with: wide, and a little apart in different directions, so that those of each state part by themselves."""

import numpy as np

from statsim.kernels.mixture.kmeans import lloyd, seed_plus_plus
from statsim.kernels.streams import seed_block
from statsim.models.hmm.emissions.columns import pooled_means

_LLOYD_ITERATIONS = 10
_MOST_ROWS = 10_000
_APART = 0.3  # of the way from the common mean to the centre of a group: less, and they part too slowly; more, and they belong to all states


def spread_components(values, n_mix):
    """Weights (m,), means (m, d) and covariances (m, d, d) from m groups of the steps (n, d), NaN replaced by means."""
    rows = np.where(np.isnan(values), pooled_means(values), values)
    if len(rows) > _MOST_ROWS:
        rows = rows[np.linspace(0, len(rows) - 1, _MOST_ROWS).astype(np.int64)]
    rows, random = np.ascontiguousarray(rows), np.empty(4, np.uint64)
    centres, labels = np.empty((n_mix, rows.shape[1])), np.full(len(rows), -1)
    seed_block(np.uint64(0), np.uint64(0), np.uint64(0), random)
    seed_plus_plus(rows, np.ones(len(rows)), random, centres)
    lloyd(rows, np.ones(len(rows)), centres, labels, _LLOYD_ITERATIONS)
    mean = rows.mean(axis=0)
    whole = np.cov(rows.T, bias=True).reshape(rows.shape[1], -1)
    covariance = whole + 1e-3 * np.diag(np.diagonal(whole))
    return np.full(n_mix, 1.0 / n_mix), mean + _APART * (centres - mean), np.tile(covariance, (n_mix, 1, 1))
