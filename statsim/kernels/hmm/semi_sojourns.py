r"""Tables of sojourn laws on 1, 2, ..., D: log probability of u steps, and of u steps or more.

A sojourn of D steps ends there, whatever its law: its probability is that of D steps or more, so that the table sums to 1 and what is shorter
keeps its probability. Ratios of neighbouring probabilities are simple, hence recurrences. No table uses a library function: sampled paths hang on it.
"""

import math

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log, log1p
from statsim.kernels.jit import inlined, kernel

_LONG_TAIL = 10_000_000  # terms; a law with a longer tail has so much beyond D that the complement is exact enough


@inlined
def _log_add(a, b):
    top, low = max(a, b), min(a, b)
    return top + log1p(exp(low - top)) if low > -math.inf else top


@kernel
def _close(log_d, log_s):
    """Survivors of a table whose last survivor is known, and the last sojourn."""
    last = log_d.size - 1
    log_d[last] = log_s[last]
    for u in range(last - 1, -1, -1):
        log_s[u] = min(_log_add(log_d[u], log_s[u + 1]), 0.0)
    log_s[0] = 0.0


@kernel
def geometric_tables(p, log_d, log_s):
    """D ~ geometric on 1, 2, ... with probability p, 0 < p <= 1, of an end after each step."""
    stay = log1p(-p) if p < 1.0 else -math.inf
    for u in range(log_d.size):
        log_s[u] = u * stay if u > 0 else 0.0
        log_d[u] = log_s[u] + log(p)
    log_d[log_d.size - 1] = log_s[log_d.size - 1]


@kernel
def poisson_tables(rate, log_d, log_s):
    """D - 1 ~ Poisson with mean `rate` >= 0."""
    _ratio_tables(-rate, rate, 0.0, log_d, log_s)


@kernel
def negative_binomial_tables(size, p, log_d, log_s):
    """D - 1 ~ negative binomial: failures, each with probability 1 - p, before success number `size` > 0; 0 < p <= 1."""
    _ratio_tables(size * log(p), (1.0 - p) * size, 1.0 - p, log_d, log_s)


@kernel
def _ratio_tables(log_zero, a, b, log_d, log_s):
    """P(X = 0) = exp(log_zero), P(X = x + 1) / P(X = x) = (a + b x) / (x + 1), D = X + 1."""
    last = log_d.size - 1
    current = log_zero
    for x in range(last):
        log_d[x] = current
        ratio = (a + b * x) / (x + 1)
        current = current + log(ratio) if ratio > 0.0 else -math.inf
    log_s[last] = _log_tail(current, a, b, last, log_d)
    _close(log_d, log_s)


@kernel
def _log_tail(log_first, a, b, x, log_d):
    """log P(X >= x), where log P(X = x) is `log_first`: the terms from x on, or before the mode 1 less those before x."""
    if not log_first > -math.inf:
        return -math.inf
    if a + b * x < x + 1.0 and (1.0 - b) * _LONG_TAIL > 50.0:
        term, total = 1.0, 1.0
        while term > 1e-18 * total * (1.0 - b):
            term *= (a + b * x) / (x + 1)
            total += term
            x += 1
        return min(log_first + log(total), 0.0)
    below = 0.0
    for u in range(x):
        below += exp(log_d[u])
    return log(1.0 - below) if below < 1.0 else log_first


@kernel
def free_tables(probabilities, log_d, log_s):
    """A table as it is: probabilities (m,), m <= D, of 1, ..., m steps; their sum is 1 within rounding."""
    running = 0.0
    for u in range(log_d.size - 1, -1, -1):
        value = probabilities[u] if u < probabilities.size else 0.0
        running += value
        log_d[u] = log(value) if value > 0.0 else -math.inf
        log_s[u] = log(running) if running > 0.0 else -math.inf
    log_s[0] = 0.0


@kernel
def fill_probabilities(log_values, out):
    """out (m,) = exp(log_values)."""
    for i in range(out.size):
        out[i] = exp(log_values[i]) if log_values[i] > -745.0 else 0.0
