"""Poisson and binomial log probabilities without cancellation, whatever the size of the counts.

C. Loader, "Fast and accurate computation of binomial probabilities" (2000): the large terms k log k are gathered in a
deviance that is small and computed from the relative deviation of k from its mean; what Stirling's formula leaves is added.
"""

from statsim.kernels.elementary import log, log1p, log_gamma
from statsim.kernels.elementary.gamma_function import STIRLING
from statsim.kernels.elementary.polynomial import horner
from statsim.kernels.jit import inlined, kernel

_HALF_LOG_2_PI = float.fromhex("0x1.d67f1c864beb5p-1")


@kernel
def stirling_excess(k):
    """log k! - (k log k - k) for a whole k >= 0 given as a double."""
    if k < 8.0:
        return log_gamma(k + 1.0) - (k * (log(k) - 1.0) if k > 0.0 else 0.0)
    return _HALF_LOG_2_PI + 0.5 * log(k) + horner(STIRLING, 1.0 / (k * k)) / k


@inlined
def deviance(delta):
    """(1 + delta) log(1 + delta) - delta for delta >= -1: half the unit deviance of a Poisson count."""
    return (1.0 + delta) * log1p(delta) - delta if delta > -1.0 else 1.0


@kernel
def poisson_log_probability(k, mean):
    """log P(K = k) for a whole k >= 0 given as a double."""
    return -mean * deviance((k - mean) / mean) - stirling_excess(k)


@kernel
def binomial_log_probability(k, n, p):
    """log P(K = k) for whole 0 <= k <= n given as doubles, 0 < p < 1."""
    q = 1.0 - p
    from_mean = k - n * p
    spread = n * p * deviance(from_mean / (n * p)) + n * q * deviance(-from_mean / (n * q))
    return stirling_excess(n) - stirling_excess(k) - stirling_excess(n - k) - spread
