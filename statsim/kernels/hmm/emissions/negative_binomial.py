r"""Negative binomial emissions: independent overdispersed counts given the state.

With mean m, dispersion a and r = 1/a, :math:`P(x) = \frac{r}{r + x} \, b(r; x + r, \frac{r}{r + m})`, b the binomial probability in the
form of C. Loader (2000): no term is larger than the answer needs, also next to the Poisson limit a = 0.
"""

import math

import numpy as np

from statsim.kernels.elementary import log
from statsim.kernels.elementary.saddle_point import deviance, poisson_log_probability, stirling_excess
from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.jit import kernel
from statsim.kernels.variates.poisson import poisson
from statsim.kernels.variates.standard_gamma import standard_gamma

_LARGEST_RATE = 9e15  # counts stay below 2^53, where doubles are still whole numbers


@kernel
def negative_binomial_log_probability(x, mean, dispersion):
    """log P(x) of a whole x >= 0 given as a double; Poisson for dispersion 0, the point 0 for mean 0."""
    if mean == 0.0:
        return 0.0 if x == 0.0 else -math.inf
    if dispersion == 0.0:
        return poisson_log_probability(x, mean)
    r = 1.0 / dispersion
    n, below = x + r, (mean - x) / (x + r)
    spread = n * r / (r + mean) * deviance(below) + n * (mean / (r + mean)) * deviance(-below * (r / mean))
    return log(r / n) + stirling_excess(n) - stirling_excess(r) - stirling_excess(x) - spread


@kernel
def log_density_negative_binomial(values, means, dispersions, out):
    """out (n, k) of counts (n, d), NaN where missing; means and dispersions (k, d)."""
    k = means.shape[0]
    for t in range(values.shape[0]):
        for c in range(k):
            out[t, c] = 0.0
        for j in range(values.shape[1]):
            x = values[t, j]
            if x == x:
                for c in range(k):
                    out[t, c] += negative_binomial_log_probability(x, means[c, j], dispersions[c, j])


@kernel
def add_tallies(places, gamma, weights, tallies):
    """Add the weights of the states to the rows `places` (n,) of `tallies` (u, k); a negative place is a missing count."""
    for t in range(places.size):
        if places[t] >= 0:
            for c in range(tallies.shape[1]):
                tallies[places[t], c] += weights[t] * gamma[t, c]


@kernel
def fill_negative_binomial(key, number, offsets, path, means, dispersions, rows):
    """Draw the counts (n, d) int64 that the states `path` (n,) emit: Poisson, with a gamma rate where dispersed."""
    random = np.empty(4, np.uint64)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            for j in range(means.shape[1]):
                rate, spread = means[path[t], j], dispersions[path[t], j]
                if spread > 0.0 and rate > 0.0:
                    rate = min(rate * spread * standard_gamma(random, 1.0 / spread), _LARGEST_RATE)
                rows[t, j] = poisson(random, rate)
