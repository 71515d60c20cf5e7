"""Slow, obvious twins of the kernels of `statsim.kernels.univariate`, on the words of the same streams."""

import numpy as np

from statsim.kernels import streams


class Words:
    """The stream of a block, one uniform at a time."""

    def __init__(self, key, block):
        self._state = np.empty(4, np.uint64)
        streams.seed_block(key[0], key[1], np.uint64(block), self._state)

    def word(self):
        out = np.empty(1, np.uint64)
        streams.fill_uint64(self._state, out)
        return int(out[0])

    def uniform(self):
        return (self.word() >> 11) * 2.0**-53

    def uniform_open(self):
        return ((self.word() >> 12) + 0.5) * 2.0**-52


def inverse(word, bits, coefficients, split, starts, scales):
    """x of one word: the interval that holds it, then the polynomial there."""
    cell = word >> (64 - bits)
    if split[cell] < 0:
        row, t = cell, (word - (cell << (64 - bits))) / 2.0 ** (64 - bits)
    else:
        leaf = max(i for i in range(len(starts)) if int(starts[i]) <= word)
        row, t = len(split) + leaf, (word - int(starts[leaf])) * scales[leaf]
    return sum(coefficient * t**k for k, coefficient in enumerate(coefficients[row]))


def under_hull(words, log_density, component, pieces, chords):
    """One candidate under the hull: (x, accepted). `component` draws the number of a piece."""
    j = component(words)
    c, top, rate, side, width, _ = pieces[j]
    u = words.uniform()
    d = u * width if rate * width < 1e-8 else -np.log1p(u * np.expm1(-rate * width)) / rate
    height = top - rate * d + np.log(words.uniform_open())
    x = c + side * d
    origin, level, slope = chords[j]
    return x, height < level + slope * (x - origin) or height < log_density(x)


def in_ratio_box(words, log_density, center, low, high, power):
    """One candidate of the ratio of uniforms: (x, accepted)."""
    u = words.uniform_open()
    v = np.array([a + (b - a) * words.uniform() for a, b in zip(low, high, strict=True)])
    x = center + v / u**power
    return x, u ** (power * len(x) + 1) < np.exp(log_density(x))
