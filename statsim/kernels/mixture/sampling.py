"""Rows of a Gaussian mixture, block by block: the component by alias, then x = mean + L z.

A row uses one word for its component and then one normal for each column, so a row's values depend on the block and on the rows
before it in the block only. The product L z is summed four rows of L at a time, in the order of the columns of L:
the four sums are one vector instruction, and the order of additions is that of the plain double loop.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.categorical import categorical_alias
from statsim.kernels.variates.normal import standard_normal

LANES = 4


def pack_factors(factors):
    """Lower factors (k, d, d) in the layout of the kernel: (k, ceil(d / 4), d, 4), zero where L is."""
    k, d, _ = factors.shape
    groups = -(-d // LANES)
    padded = np.zeros((k, groups * LANES, d))
    padded[:, :d] = factors
    return np.ascontiguousarray(padded.reshape(k, groups, LANES, d).transpose(0, 1, 3, 2))


@inlined
def affine(mean, packed, normals, sums, row):
    """row = mean + L normals for one row (d,)."""
    d = mean.size
    for group in range(packed.shape[0]):
        lanes = packed[group]
        s0 = s1 = s2 = s3 = 0.0
        for j in range(min(LANES * group + LANES, d)):
            z = normals[j]
            s0 += lanes[j, 0] * z
            s1 += lanes[j, 1] * z
            s2 += lanes[j, 2] * z
            s3 += lanes[j, 3] * z
        base = LANES * group
        sums[base], sums[base + 1], sums[base + 2], sums[base + 3] = s0, s1, s2, s3
    for i in range(d):
        row[i] = mean[i] + sums[i]


@kernel
def fill_mixture_full(key, first_block, block_rows, threshold, alias, means, packed, rows, labels):
    """Fill whole blocks of a mixture with correlated columns.

    Parameters
    ----------
    key : (2,) uint64
    first_block, block_rows : int64
    threshold, alias : (k,)
        Alias table of the weights.
    means : (k, d)
    packed : (k, ceil(d / 4), d, 4)
        From `pack_factors`.
    rows : (m block_rows, d) float64, labels : (m block_rows,) int64
        Filled.
    """
    d = means.shape[1]
    state = np.empty(4, np.uint64)
    normals = np.empty(d)
    sums = np.empty(packed.shape[1] * LANES)
    for block in range(rows.shape[0] // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for row in range(block * block_rows, (block + 1) * block_rows):
            component = categorical_alias(state, threshold, alias)
            labels[row] = component
            for j in range(d):
                normals[j] = standard_normal(state)
            affine(means[component], packed[component], normals, sums, rows[row])


@kernel
def fill_mixture_diagonal(key, first_block, block_rows, threshold, alias, means, scales, rows, labels):
    """`fill_mixture_full` for uncorrelated columns with standard deviations `scales` (k, d); the same values."""
    d = means.shape[1]
    state = np.empty(4, np.uint64)
    for block in range(rows.shape[0] // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for row in range(block * block_rows, (block + 1) * block_rows):
            component = categorical_alias(state, threshold, alias)
            labels[row] = component
            for j in range(d):
                rows[row, j] = means[component, j] + scales[component, j] * standard_normal(state)
