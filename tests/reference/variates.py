"""Slow twins of the variates: the papers' loops in plain Python over the same words, each counting the branches it takes."""

import math
from collections import Counter

import numpy as np

from statsim.kernels import streams
from statsim.kernels.variates import normal


class Stream:
    """The words of a state (4,) as variates; `seen` counts branches by name."""

    def __init__(self, state):
        self.state = state.copy()
        self.seen = Counter()

    def word(self):
        return int(streams.next_uint64(self.state))

    def uniform(self):
        return (self.word() >> 11) * 2.0**-53

    def uniform_open(self):
        return ((self.word() >> 12) + 0.5) * 2.0**-52

    def normal(self):
        return normal.standard_normal(self.state)

    def take(self, branch, value=None):
        self.seen[branch] += 1
        return value


def standard_exponential(stream):
    return -math.log(stream.uniform_open())


def standard_gamma(stream, shape, boost=True):
    if shape < 1.0:
        factor = stream.uniform_open() ** (1.0 / shape)
        return stream.take("boosted", standard_gamma(stream, shape + 1.0) * (factor if boost else 1.0))
    d = shape - 1 / 3
    c = 1 / math.sqrt(9 * d)
    while True:
        x = stream.normal()
        if 1 + c * x <= 0:
            stream.take("negative")
            continue
        v = (1 + c * x) ** 3
        u = stream.uniform_open()
        if u < 1 - 0.0331 * x**4:
            return stream.take("squeezed", d * v)
        if math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            return stream.take("accepted", d * v)
        stream.take("rejected")


def beta(stream, a, b, condition=True):
    if a > 1 or b > 1:
        x = standard_gamma(stream, a)
        return stream.take("ratio", x / (x + standard_gamma(stream, b)))
    while True:
        x, y = stream.uniform_open() ** (1 / a), stream.uniform_open() ** (1 / b)
        if x + y <= 1 or not condition:
            return stream.take("accepted", x / (x + y))
        stream.take("rejected")


def dirichlet(stream, alpha):
    draws = np.array([standard_gamma(stream, a) for a in alpha])
    return draws / draws.sum()


def poisson(stream, mean, start=0, envelope=True):
    if mean < 10:
        return stream.take("inversion", _search(stream.uniform(), math.exp(-mean), lambda k: mean / k) + start)
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    while True:
        u, v = stream.uniform_open() - 0.5, stream.uniform_open()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2):
            return stream.take("squeezed", k)
        if k < 0 or (us < 0.013 and v > us):
            stream.take("outside")
            continue
        scale = inverse_alpha / (a / us**2 + b)
        if not envelope or math.log(v * scale) <= k * math.log(mean) - mean - math.lgamma(k + 1):
            return stream.take("accepted", k)
        stream.take("rejected")


def _search(u, probability, ratio):
    k = 0
    while u >= probability:
        u -= probability
        k += 1
        probability *= ratio(k)
    return k


def binomial(stream, n, p, mirror=True, envelope=True):
    if p > 0.5:
        return stream.take("mirrored", n - binomial(stream, n, 1 - p) if mirror else binomial(stream, n, 1 - p))
    if n * p < 30:
        odds = p / (1 - p)
        return stream.take("inversion", _search(stream.uniform(), (1 - p) ** n, lambda k: (n - k + 1) * odds / k))
    spread = math.sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    alpha = (2.83 + 5.1 / b) * spread
    while True:
        u, v = stream.uniform_open() - 0.5, stream.uniform_open()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + n * p + 0.5)
        if us >= 0.07 and v <= 0.92 - 4.2 / b:
            return stream.take("squeezed", k)
        if k < 0 or k > n:
            stream.take("outside")
            continue
        m = math.floor((n + 1) * p)
        if not envelope or math.log(v * alpha / (a / us**2 + b)) <= _log_term(k, n, p) - _log_term(m, n, p):
            return stream.take("accepted", k)
        stream.take("rejected")


def _log_term(k, n, p):
    return k * math.log(p) + (n - k) * math.log(1 - p) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def integer_below(stream, m):
    while True:
        word = stream.word()
        if (word * m) % 2**64 >= 2**64 % m:
            return stream.take("accepted", word * m >> 64)
        stream.take("rejected")


def categorical_inverse(u, cumulative):
    """Linear search; the end falls back to the last category of positive weight."""
    weights = np.diff(cumulative, prepend=0.0)
    for i, top in enumerate(cumulative):
        if u < top:
            return i
    return int(np.flatnonzero(weights > 0)[-1])


def alias_probabilities(threshold, alias):
    """The law that an alias table stands for."""
    k = len(threshold)
    p = np.zeros(k)
    for i in range(k):
        p[i] += threshold[i] / k
        p[alias[i]] += (1 - threshold[i]) / k
    return p
