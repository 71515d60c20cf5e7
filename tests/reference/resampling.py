"""Slow obvious twins of the resampling kernels: positions on the unit interval, looked up in the cumulative weights."""

import numpy as np


def lookup(positions, weights):
    """The index whose share of [0, 1) holds each position."""
    cumulative = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(cumulative, positions, side="right")


def multinomial(uniforms, weights):
    """Order statistics of uniforms made from the largest share left after each (Bentley, Saxe 1980)."""
    n = len(uniforms)
    left = np.cumprod([u ** (1.0 / (n - k)) for k, u in enumerate(uniforms)])
    return lookup(1.0 - left, weights)


def stratified(uniforms, weights):
    """One uniform in each stratum."""
    n = len(uniforms)
    return lookup((np.arange(n) + uniforms) / n, weights)


def systematic(uniform, n, weights):
    """One uniform for all strata."""
    return lookup((np.arange(n) + uniform) / n, weights)
