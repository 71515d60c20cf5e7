"""Draws by numerical inversion: a word picks an interval of probability, the rest of the word a place in it.

Derflinger, Hoermann, Leydold (2010), Random variate generation by numerical inversion when only the density is known, ACM TOMACS
20(4), with a guide table whose cells are the intervals themselves wherever one polynomial of degree 5 serves a whole cell.
The first bits of the word are then the number of the row of coefficients: no search, no comparison of doubles. Intervals are
dyadic, so a place in one is an exact difference of integers, and probabilities down to 2^-64 are told apart in both tails.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block

_ONE = np.uint64(1)
_U3, _U11, _U24, _U40 = np.uint64(3), np.uint64(11), np.uint64(24), np.uint64(40)


@inlined
def _next_word(a, b, c, counter):
    """`statsim.kernels.streams.next_uint64` with its state in registers, which is twice as fast here: (word, new state)."""
    word = a + b + counter
    return word, b ^ (b >> _U11), c + (c << _U3), ((c << _U24) | (c >> _U40)) + word, counter + _ONE


@kernel
def _leaf(word, leaf, starts):
    """Number of the last interval from `leaf` on that begins at or before `word`."""
    while leaf + 1 < starts.size and starts[leaf + 1] <= word:
        leaf += 1
    return leaf


@inlined
def _polynomial(coefficients, row, t):
    upper = (coefficients[row, 5] * t + coefficients[row, 4]) * t + coefficients[row, 3]
    return ((upper * t + coefficients[row, 2]) * t + coefficients[row, 1]) * t + coefficients[row, 0]


@kernel
def fill_inverse(key, first_block, block_rows, bits, coefficients, split, starts, scales, low, high, rows):
    """Fill whole blocks with draws.

    Parameters
    ----------
    key : (2,) uint64
    first_block, block_rows, bits : int64
    coefficients : (2^bits + leaves, 6)
        Of the cells, then of the intervals that cells are split into.
    split : (2^bits,) int64
        First interval of a cell that is split, else -1.
    starts : (leaves,) uint64, scales : (leaves,)
        First word of each interval, and one over the number of its words.
    low, high : float64
        The support.
    rows : (m block_rows,)
        Filled.
    """
    state = np.empty(4, np.uint64)
    shift = np.uint64(64 - bits)
    mask = (_ONE << shift) - _ONE
    scale = 1.0 / np.float64(mask + _ONE)
    for block in range(rows.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        a, b, c, counter = state[0], state[1], state[2], state[3]
        for i in range(block * block_rows, (block + 1) * block_rows):
            word, a, b, c, counter = _next_word(a, b, c, counter)
            row = word >> shift  # an unsigned index: Numba adds no branch to wrap it
            t = np.float64(np.int64(word & mask)) * scale
            if split[row] >= 0:
                leaf = _leaf(word, split[row], starts)
                t = np.float64(np.int64(word - starts[leaf])) * scales[leaf]
                row = np.uint64(split.size + leaf)
            x = _polynomial(coefficients, row, t)
            rows[i] = min(max(x, low), high)


@kernel
def invert_words(words, bits, coefficients, split, starts, scales, low, high, out):
    """`out` (n,) for given `words` (n,) uint64: what `fill_inverse` does with the words of its streams."""
    shift = np.uint64(64 - bits)
    mask = (_ONE << shift) - _ONE
    scale = 1.0 / np.float64(mask + _ONE)
    for i in range(words.size):
        word = words[i]
        row = word >> shift
        t = np.float64(np.int64(word & mask)) * scale
        if split[row] >= 0:
            leaf = _leaf(word, split[row], starts)
            t = np.float64(np.int64(word - starts[leaf])) * scales[leaf]
            row = np.uint64(split.size + leaf)
        x = _polynomial(coefficients, row, t)
        out[i] = min(max(x, low), high)
