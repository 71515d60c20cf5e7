"""Dirichlet vectors as normalised gamma variates (Devroye 1986, section XI.4), in log space when a shape is small."""

from statsim.kernels.elementary import exp
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform
from statsim.kernels.variates.standard_gamma import log_standard_gamma, standard_gamma

_INF = float("inf")
_SMALL = 0.1  # a gamma variate of larger shape cannot underflow: 2**(-53 / 0.1) is about 1e-160


@inlined
def _atom(state, alpha, out):
    """The limit for shapes near the smallest double: all mass on component j with probability proportional to alpha[j]."""
    largest = alpha.max()
    total = 0.0
    for j in range(alpha.size):
        total += alpha[j] / largest
    u = uniform(state) * total
    chosen = -1
    for j in range(alpha.size):
        out[j] = 0.0
        if alpha[j] > 0.0 and (chosen < 0 or u >= 0.0):
            chosen = j
        u -= alpha[j] / largest
    out[chosen] = 1.0


@inlined
def _from_logarithms(state, alpha, out):
    largest = -_INF
    for j in range(alpha.size):
        out[j] = log_standard_gamma(state, alpha[j])
        largest = max(largest, out[j])
    if largest == -_INF:
        _atom(state, alpha, out)
        return
    for j in range(alpha.size):
        out[j] = exp(out[j] - largest)


@kernel
def dirichlet(state, alpha, out):
    """Fill `out` (k,) with a Dirichlet draw of shapes `alpha` (k,) >= 0, not all 0; a shape of 0 gives exactly 0."""
    if alpha.min() < _SMALL:
        _from_logarithms(state, alpha, out)
    else:
        for j in range(alpha.size):
            out[j] = standard_gamma(state, alpha[j])
    total = 0.0
    for j in range(alpha.size):
        total += out[j]
    for j in range(alpha.size):
        out[j] /= total
