"""What the sampling kernel needs of a mixture's parameters, computed once: factors and alias tables."""

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.kernels.table_mixture.sampling import fill_table_counts, fill_table_rows
from statsim.kernels.variates.categorical import alias_table
from statsim.models.table_mixture.parameters import factor_of


def block_fill(parameters, key):
    """The function (first_block, arrays) that fills whole blocks of rows of the data set named by `key`."""
    p = parameters.means.shape[1]
    factors = [factor_of(covariance) for covariance in parameters.covariances]
    key = np.ascontiguousarray(key, dtype=np.uint64)
    cells = (
        *alias_table(parameters.weights),
        np.ascontiguousarray(parameters.means),
        np.ascontiguousarray(np.array(factors).reshape(parameters.n_components, p, p)),
        np.ascontiguousarray(parameters.missing_continuous),
        *_slots(parameters),
    )
    count_laws = [
        np.ascontiguousarray(array)
        for array in (parameters.count_means, parameters.count_dispersions, parameters.missing_counts)
    ]

    def fill(first_block, arrays):
        continuous, discrete, counts, labels = arrays
        states = np.empty((len(labels) // BLOCK_ROWS, 4), np.uint64)
        fill_table_rows(key, np.int64(first_block), BLOCK_ROWS, *cells, continuous, discrete, labels, states)
        if counts.shape[1]:
            fill_table_counts(states, BLOCK_ROWS, labels, *count_laws, counts)

    return fill


def _slots(parameters):
    """Alias tables (K, S) of missing and the levels, discrete column by column, and where each column begins (q + 1,)."""
    k = parameters.n_components
    threshold, alias, offsets = [np.zeros((k, 0))], [np.zeros((k, 0), np.int64)], [0]
    for table, share in zip(parameters.level_probabilities, parameters.missing_discrete.T, strict=True):
        columns = _alias_tables(np.concatenate([share[:, None], (1.0 - share)[:, None] * table], axis=1))
        threshold.append(columns[0])
        alias.append(columns[1])
        offsets.append(offsets[-1] + 1 + table.shape[1])
    return np.concatenate(threshold, axis=1), np.concatenate(alias, axis=1), np.array(offsets, np.int64)


def _alias_tables(weights):
    """Threshold and alias (K, k) of each row of weights."""
    tables = [alias_table(np.ascontiguousarray(row)) for row in weights]
    return np.stack([table[0] for table in tables]), np.stack([table[1] for table in tables])
