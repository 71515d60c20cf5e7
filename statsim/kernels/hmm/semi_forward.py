r"""Forward pass of a hidden semi-Markov model, in logarithms.

Guedon (2003), J. Comput. Graph. Stat. 12, section 3; Yu (2010), Artificial Intelligence 174, section 2. With
:math:`I_t(j) = \log p(x_{1..t-1}, \text{j is entered at t})` and :math:`O_t(j) = \log p(x_{1..t}, \text{j is left after t})`,

.. math:: O_t(j) = \log \sum_u e^{I_{t-u+1}(j) + \sum_{s=t-u+1}^t \log b_j(x_s) + \log d_j(u)}, \quad
          I_{t+1}(j) = \log \sum_i e^{O_t(i) + \log a_{ij}};

the last sojourn, whose end is not seen, has the survivor function in the place of d. Densities of a step are divided by a number that keeps
O near 0, whatever the length: logarithms of thousands would lose the digits that posteriors are made of. Arrays are (k, n): a sojourn lies end to
end in memory.
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import inlined, kernel

NEGLIGIBLE = -46.0  # a term of a sum whose logarithm is that far below the largest, 1e-20 of it


@kernel
def fill_logs(values, out):
    """out (m,) = log of values (m,) >= 0; minus infinity for 0."""
    for i in range(values.size):
        out[i] = log(values[i]) if values[i] > 0.0 else -math.inf


@inlined
def log_sum(terms, count):
    """log of the sum of exponentials of the first `count` terms, the largest of them (both minus infinity where all are), and how many count.

    Those are replaced by their exponentials relative to the largest; the negligible ones after them are left out.
    """
    top = -math.inf
    for i in range(count):
        top = max(top, terms[i])
    if not top > -math.inf:
        return -math.inf, top, 0
    while not terms[count - 1] - top > NEGLIGIBLE:
        count -= 1
    for i in range(count):
        terms[i] = exp(terms[i] - top)
    total = 0.0
    for i in range(count):
        total += terms[i]
    return top + log(total), top, count


@inlined
def entries(log_b, log_in, log_law, last, terms):
    """terms[u - 1] = log density of the steps so far and a sojourn of u steps whose last is `last`; how many are possible at most.

    log_b, log_in (n,) and log_law (D,) are those of one state.
    """
    segment = 0.0
    count = min(log_law.size, last + 1)
    for u in range(count):
        segment += log_b[last - u]
        if not segment > -math.inf:
            return u
        terms[u] = segment + log_law[u] + log_in[last - u]
    return count


@kernel
def semi_forward(log_b, log_initial, log_transition, log_d, log_s, log_in, log_out):
    """Filter one sequence.

    Parameters
    ----------
    log_b : (k, n)
        Log densities of the steps; replaced by what the passes after this one take, each step less a number of its own.
    log_initial : (k,), log_transition : (k, k)
    log_d, log_s : (k, D)
        Log probability of a sojourn of u steps, and of one of u steps or more, at u - 1.
    log_in, log_out : (k, n)
        Filled: I and O.

    Returns
    -------
    log_total, log_likelihood : float
        Of the replaced densities, and of those given; minus infinity where no path is possible.
    """
    k, n = log_b.shape
    taken = 0.0
    terms, states = np.empty(log_d.shape[1]), np.empty(k)
    for t in range(n):
        for j in range(k):
            if t == 0:
                log_in[j, t] = log_initial[j]
                continue
            for i in range(k):
                states[i] = log_out[i, t - 1] + log_transition[i, j]
            log_in[j, t] = log_sum(states, k)[0]
        for j in range(k):
            count = entries(log_b[j], log_in[j], log_d[j], t, terms)
            log_out[j, t] = log_sum(terms, count)[0]
            states[j] = log_out[j, t]
        level = log_sum(states, k)[0]
        if level > -math.inf and t < n - 1:
            taken += level
            for j in range(k):
                log_out[j, t] -= level
                log_b[j, t] -= level
    for j in range(k):
        count = entries(log_b[j], log_in[j], log_s[j], n - 1, terms)
        states[j] = log_sum(terms, count)[0]
    log_total = log_sum(states, k)[0]
    return log_total, log_total + taken
