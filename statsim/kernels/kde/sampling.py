"""Rows of a kernel density estimate, block by block: a datum, then a draw of the kernel about it.

A block first draws the data of all its rows, one word each (more only where Lemire's method rejects one), which are then fetched from memory side by side;
after that the kernels, row by row and column by column. Bounded columns fold the draw at the bounds or draw again, circular ones turn it, categorical
ones keep the level or choose another.
"""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.kde.shapes import kernel_cdf
from statsim.kernels.kde.variates import fill_radial_variate, kernel_variate
from statsim.kernels.streams import seed_block, uniform
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.kernels.variates.categorical import categorical_alias
from statsim.kernels.variates.normal import standard_normal

REAL, REFLECTED, RENORMALISED, CIRCULAR, CATEGORICAL = range(5)


@inlined
def folded(x, low, high):
    """x brought between low and high by reflection at them; either may be infinite."""
    if not high < math.inf:
        return x if x >= low else low + (low - x)
    if not low > -math.inf:
        return x if x <= high else high - (x - high)
    width = high - low
    place = (x - low) / (2.0 * width)
    place = abs(x - low - 2.0 * width * np.floor(place + 0.5))
    return min(max(low + place, low), high)


@inlined
def turned(x, low, high):
    """x brought into [low, high) by whole turns."""
    period = high - low
    x -= period * np.floor((x - low) / period)
    return low if x >= high or x < low else x


@kernel
def mass_inside(kernel, x, bandwidth, low, high):
    """The mass between low and high of a kernel about x."""
    return kernel_cdf(kernel, (high - x) / bandwidth) - kernel_cdf(kernel, (low - x) / bandwidth)


@inlined
def _renormalised(state, kernel, y, bandwidth, low, high, least):
    """A draw with density proportional to K((x - y) / h) / m(x) between the bounds, m(x) the mass inside of a kernel about x, m >= least."""
    while True:
        x = y + bandwidth * kernel_variate(state, kernel)
        if low <= x <= high and uniform(state) * mass_inside(kernel, x, bandwidth, low, high) < least:
            return x


@inlined
def _other_level(state, level, levels):
    drawn = float(integer_below(state, levels - 1))
    return drawn if drawn < level else drawn + 1.0


@inlined
def _cell(state, kernel, kind, y, bandwidth, low, high, least):
    """One cell of a row: y in data units (a level's number where categorical), `bandwidth` lambda there and `high` the number of levels."""
    if kind == CATEGORICAL:
        return _other_level(state, y, np.int64(high)) if uniform(state) < bandwidth else y
    if kind == RENORMALISED:
        return _renormalised(state, kernel, y, bandwidth, low, high, least)
    x = y + bandwidth * kernel_variate(state, kernel)
    if kind == REFLECTED:
        return folded(x, low, high)
    return turned(x, low, high) if kind == CIRCULAR else x


@inlined
def _fill_data(state, n, threshold, alias, labels):
    """Numbers of data for the rows of one block."""
    for row in range(labels.size):
        labels[row] = categorical_alias(state, threshold, alias) if threshold.size else integer_below(state, n)


@kernel
def fill_product(key, first_block, block_rows, data, factors, threshold, alias, kernel, kinds, bandwidths, low, high, least, rows, labels):
    """Fill whole blocks: product kernels.

    Parameters
    ----------
    key : (2,) uint64
    first_block, block_rows : int64
    data : (n, d)
    factors : (n,)
        Each datum's own factor of the bandwidths of real, bounded and circular columns; empty where all are 1.
    threshold, alias : (n,)
        Alias table of the weights; empty where they are equal.
    kernel : int64
    kinds, bandwidths, low, high, least : (d,)
    rows : (m block_rows, d) float64, labels : (m block_rows,) int64
        Filled; labels are numbers of data.
    """
    n, d = data.shape
    state = np.empty(4, np.uint64)
    for block in range(rows.shape[0] // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        begin, end = block * block_rows, (block + 1) * block_rows
        _fill_data(state, n, threshold, alias, labels[begin:end])
        for row in range(begin, end):
            i = labels[row]
            factor = factors[i] if factors.size else 1.0
            for j in range(d):
                h = bandwidths[j] if kinds[j] == CATEGORICAL else bandwidths[j] * factor
                rows[row, j] = _cell(state, kernel, kinds[j], data[i, j], h, low[j], high[j], least[j])


@kernel
def fill_gaussian(key, first_block, block_rows, data, threshold, alias, bandwidths, rows, labels):
    """`fill_product` for the Gaussian kernel, real columns and no factors; the same values, sooner."""
    n, d = data.shape
    state = np.empty(4, np.uint64)
    for block in range(rows.shape[0] // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        begin, end = block * block_rows, (block + 1) * block_rows
        _fill_data(state, n, threshold, alias, labels[begin:end])
        for row in range(begin, end):
            i = labels[row]
            for j in range(d):
                rows[row, j] = data[i, j]
        for row in range(begin, end):
            for j in range(d):
                rows[row, j] += bandwidths[j] * standard_normal(state)


@kernel
def fill_radial(key, first_block, block_rows, data, factors, threshold, alias, kernel, lower, rows, labels):
    """Fill whole blocks: x = datum + factor L u, u a draw of the radial kernel, L (d, d) lower triangular."""
    n, d = data.shape
    state, u = np.empty(4, np.uint64), np.empty(d)
    for block in range(rows.shape[0] // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        begin, end = block * block_rows, (block + 1) * block_rows
        _fill_data(state, n, threshold, alias, labels[begin:end])
        for row in range(begin, end):
            i = labels[row]
            factor = factors[i] if factors.size else 1.0
            fill_radial_variate(state, kernel, u)
            for j in range(d):
                value = 0.0
                for k in range(j + 1):
                    value += lower[j, k] * u[k]
                rows[row, j] = data[i, j] + factor * value
