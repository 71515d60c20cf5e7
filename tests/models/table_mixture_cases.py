"""Models and rows that the tests of the table mixture share."""

import numpy as np

from statsim.models.table_mixture.table_mixture import TableMixture
from statsim.tables.arrays import TableArrays, TableLayout


def covariance(rng, p):
    root = rng.normal(size=(p, p))
    product = root @ root.T + 0.3 * np.eye(p)
    return (product + product.T) / 2


def mixed_model():
    """Two components, every kind of column, well apart."""
    rng = np.random.default_rng(11)
    return TableMixture.from_parameters(
        [0.6, 0.4],
        means=[[-2.0, 0.0, 1.0], [2.0, 1.0, -1.0]],
        covariances=np.stack([covariance(rng, 3) / 2, covariance(rng, 3) / 2]),
        level_probabilities=[[[0.7, 0.2, 0.1], [0.1, 0.2, 0.7]], [[0.5, 0.5], [1.0, 0.0]]],
        count_means=[[1.5, 6.0], [9.0, 2.0]],
        count_dispersions=[[0.0, 0.4], [0.0, 0.8]],
        missing_continuous=[[0.3, 0.0, 0.0], [0.05, 0.0, 0.0]],
        missing_discrete=[[0.0, 0.25], [0.0, 0.5]],
        missing_counts=[[0.1, 0.0], [0.4, 0.0]],
        layout=TableLayout(
            continuous_nullable=(True, False, False),
            n_levels=(3, 2),
            discrete_nullable=(False, True),
            counts_nullable=(True, False),
        ),
    )


def with_unmodelled_gaps(arrays, seed=0):
    """The rows with cells of columns that are not nullable taken away."""
    rng = np.random.default_rng(seed)
    z, codes = arrays.continuous.copy(), arrays.discrete.copy()
    z[rng.random(len(z)) < 0.2, 2] = np.nan
    codes[rng.random(len(z)) < 0.2, 0] = -1
    return TableArrays(z, codes, arrays.counts, arrays.layout)


def continuous_rows(z):
    """Rows with only a continuous block."""
    return TableArrays(z, np.zeros((len(z), 0)), np.zeros((len(z), 0)))
