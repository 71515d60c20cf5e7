"""A keyed permutation of the integers below M: row numbers in, distinct numbers out, whatever rows are asked for.

A balanced Feistel network over an even number of bits (Luby and Rackoff 1988) walks its cycle until it is back below M
(Black and Rogaway 2002). The round function is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
"""

import numpy as np

LARGEST = 2**62
_ROUNDS = 8


def mix(word):
    """SplitMix64's finaliser on an array of uint64 (n,)."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def permute(numbers, size, key):
    """Permute numbers below `size`.

    Parameters
    ----------
    numbers : array (n,) of uint64, below `size`
    size : int
        M, from 1 to 2^62.
    key : array (2,) of uint64

    Returns
    -------
    array (n,) of uint64
        Distinct for distinct numbers, all below `size`.

    Examples
    --------
    >>> key = np.array([1, 2], dtype=np.uint64)
    >>> sorted(permute(np.arange(10, dtype=np.uint64), 10, key).tolist())
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    out = _feistel(np.asarray(numbers, np.uint64), half, key)
    outside = np.flatnonzero(out >= size)
    while outside.size:
        out[outside] = _feistel(out[outside], half, key)
        outside = outside[out[outside] >= size]
    return out


def _feistel(word, half, key):
    """One pass over 2 * `half` bits."""
    shift, mask = np.uint64(half), np.uint64(2**half - 1)
    left, right = word >> shift, word & mask
    for number in range(_ROUNDS):
        round_key = mix(key[number % 2 : number % 2 + 1] + np.uint64(0x9E3779B97F4A7C15) * np.array([number + 1], np.uint64))
        left, right = right, left ^ (mix(right ^ round_key) & mask)
    return (left << shift) | right
