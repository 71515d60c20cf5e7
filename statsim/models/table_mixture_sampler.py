"""What the sampling kernel needs of a mixture's parameters, computed once: factors and cumulative probabilities."""

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.kernels.table_mixture_sampling import fill_table_rows
from statsim.models.table_mixture_parameters import factor_of

_NEVER_PASSED = 2.0  # stands at the last possible value, so that no uniform goes beyond it


def block_fill(parameters, key):
    """The function (first_block, arrays) that fills whole blocks of rows of the data set named by `key`."""
    p = parameters.means.shape[1]
    factors = [factor_of(covariance) for covariance in parameters.covariances]
    slots, offsets = _slots(parameters)
    key = np.ascontiguousarray(key, dtype=np.uint64)
    constants = (
        _cumulative(parameters.weights[None])[0],
        np.ascontiguousarray(parameters.means),
        np.ascontiguousarray(np.array(factors).reshape(parameters.n_components, p, p)),
        np.ascontiguousarray(parameters.missing_continuous),
        slots,
        offsets,
        np.ascontiguousarray(parameters.count_means),
        np.ascontiguousarray(parameters.count_dispersions),
        np.ascontiguousarray(parameters.missing_counts),
    )
    return lambda first_block, arrays: fill_table_rows(key, np.int64(first_block), BLOCK_ROWS, *constants, *arrays)


def _slots(parameters):
    """Cumulative probabilities (K, S) of missing and the levels, discrete column by column, and where each begins."""
    blocks = [np.zeros((parameters.n_components, 0))]
    for table, share in zip(parameters.level_probabilities, parameters.missing_discrete.T, strict=True):
        blocks.append(_cumulative(np.concatenate([share[:, None], (1.0 - share)[:, None] * table], axis=1)))
    offsets = np.cumsum([0] + [block.shape[1] for block in blocks[1:]])
    return np.ascontiguousarray(np.concatenate(blocks, axis=1)), offsets.astype(np.int64)


def _cumulative(probabilities):
    """Running sums along rows; from the last positive probability on they cannot be passed."""
    sums = np.cumsum(probabilities, axis=1)
    for row, total in zip(probabilities, sums, strict=True):
        total[np.flatnonzero(row > 0)[-1] :] = _NEVER_PASSED
    return sums
