"""Rows of a mixture over mixed-type columns, block by block.

A row draws its component, then the continuous cells (missing or not, in column order; then z = mean + L e with L the lower
Cholesky factor and e standard normals), the discrete cells by alias tables over missing and the levels. After the last row of a block come its counts: Poisson,
or Poisson with a gamma rate (negative binomial: mean m, dispersion a, rate a m G with G gamma of shape 1/a), or one value.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block, uniform
from statsim.kernels.variates.categorical import categorical_alias
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.poisson import poisson
from statsim.kernels.variates.standard_gamma import standard_gamma

_LARGEST_RATE = 9e15  # counts stay below 2^53, where doubles are still whole numbers


@inlined
def _draw_continuous(state, mean, factor, missing, normals, hidden, row):
    """Fill row (p,): mean + factor e, NaN where missing. All e are drawn, so missing cells leave the others as they are."""
    p = mean.shape[0]
    for j in range(p):
        share = missing[j]
        hidden[j] = share > 0.0 and (share >= 1.0 or uniform(state) < share)
    for j in range(p):
        normals[j] = standard_normal(state)
    for j in range(p):
        value = 0.0
        for i in range(j + 1):
            value += factor[j, i] * normals[i]
        row[j] = np.nan if hidden[j] else mean[j] + value


@inlined
def _draw_count(state, mean, dispersion):
    if dispersion < 0.0 or mean == 0.0:
        return np.int64(mean)
    if dispersion == 0.0:
        return poisson(state, mean)
    return poisson(state, min(dispersion * mean * standard_gamma(state, 1.0 / dispersion), _LARGEST_RATE))


@inlined
def _draw_counts(state, means, dispersions, missing, row):
    for j in range(means.shape[0]):
        share = missing[j]
        if share > 0.0 and (share >= 1.0 or uniform(state) < share):
            row[j] = -1
        else:
            row[j] = _draw_count(state, means[j], dispersions[j])


@kernel
def fill_table_rows(
    key,
    first_block,
    block_rows,
    component_threshold,
    component_alias,
    means,
    factors,
    missing_continuous,
    slot_threshold,
    slot_alias,
    slot_offsets,
    continuous,
    discrete,
    labels,
    states,
):
    """Fill the continuous and discrete cells of whole blocks of rows.

    key (2,) uint64; component_threshold and component_alias (K,) the alias table of the weights; factors (K, p, p);
    slot_threshold and slot_alias (K, S) the alias tables of each discrete column's missing slot and levels, column j between
    slot_offsets[j] and slot_offsets[j + 1]; outputs
    continuous (n, p), discrete (n, q) int32, labels (n,) int32, n a multiple of block_rows, and states (n / block_rows, 4),
    the streams of the blocks as they are left.
    """
    p = means.shape[1]
    normals, hidden = np.empty(p), np.empty(p, np.bool_)
    for block in range(states.shape[0]):
        state = states[block]
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            k = categorical_alias(state, component_threshold, component_alias)
            labels[i] = k
            _draw_continuous(state, means[k], factors[k], missing_continuous[k], normals, hidden, continuous[i])
            for j in range(discrete.shape[1]):
                begin, end = slot_offsets[j], slot_offsets[j + 1]
                discrete[i, j] = categorical_alias(state, slot_threshold[k, begin:end], slot_alias[k, begin:end]) - 1


@kernel
def fill_table_counts(states, block_rows, labels, means, dispersions, missing, counts):
    """Fill the counts (n, r) int64 of whole blocks, whose streams go on where `fill_table_rows` left them in `states`.

    A kernel of its own: tables without counts never wait for the gamma and Poisson laws to be compiled.
    """
    for block in range(states.shape[0]):
        state = states[block]
        for i in range(block * block_rows, (block + 1) * block_rows):
            k = labels[i]
            _draw_counts(state, means[k], dispersions[k], missing[k], counts[i])
