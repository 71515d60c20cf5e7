r"""Backward pass of a hidden semi-Markov model, in logarithms, and what its EM sums up on the way.

Guedon (2003), J. Comput. Graph. Stat. 12, section 3. With :math:`B_t(j) = \log p(x_{t..n} \mid \text{j is entered at t})` and
:math:`C_t(i) = \log \sum_j e^{\log a_{ij} + B_{t+1}(j)}`, a sojourn in j of u steps from t on has the posterior probability
:math:`e^{I_t(j) + \sum_s \log b_j(x_s) + \log d_j(u) + C_{t+u-1}(j) - \log p(x)}`, and the posterior of a state changes between two steps by
what enters it less what leaves it.
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.hmm.semi_forward import log_sum
from statsim.kernels.jit import inlined, kernel

_NOTHING = -745.0  # the exponential of less is zero


@inlined
def _probability(joint):
    return exp(joint) if joint > _NOTHING else 0.0


@inlined
def _exits(log_b, log_d, log_s, log_after, first, terms):
    """terms[u - 1] = log density of the steps from `first` on, where a sojourn of u steps begins there; how many are possible at most."""
    n, segment = log_b.size, 0.0
    count = min(log_d.size, n - first)
    for u in range(count):
        segment += log_b[first + u]
        if not segment > -math.inf:
            return u
        terms[u] = segment + (log_s[u] if first + u == n - 1 else log_d[u] + log_after[first + u])
    return count


@kernel
def semi_backward(
    log_b, log_transition, log_d, log_s, log_in, log_out, log_total, weight, log_after, gamma, pairs, first, completed, censored
):
    """Smooth one sequence that `semi_forward` has filtered.

    Parameters
    ----------
    log_b, log_transition, log_d, log_s
        As `semi_forward` took and left them.
    log_in, log_out : (k, n)
        From `semi_forward`; replaced by the probabilities that a state is entered at, and left after, a step.
    log_total : float
        From `semi_forward`.
    weight : float
        Of the sequence, in the sums.
    log_after : (k, n)
        Working memory: C.
    gamma : (n, k)
        Filled: probability of each state given the whole sequence.
    pairs : (k, k), first : (k,)
        Added to: expected transitions, posterior of the first step.
    completed, censored : (k, D)
        Added to: expected sojourns of u steps, and last sojourns of which u steps were seen, at u - 1.
    """
    k, n = log_b.shape
    terms, states, log_before = np.empty(log_d.shape[1]), np.empty(k), np.empty(k)
    for t in range(n - 1, -1, -1):
        for i in range(k):
            log_after[i, t] = -math.inf
            if t == n - 1:
                log_out[i, t] = 0.0
                continue
            for j in range(k):
                states[j] = log_transition[i, j] + log_before[j]
                pairs[i, j] += weight * _probability(log_out[i, t] + states[j] - log_total)
            log_after[i, t] = log_sum(states, k)[0]
            log_out[i, t] = _probability(log_out[i, t] + log_after[i, t] - log_total)
        for j in range(k):
            count = _exits(log_b[j], log_d[j], log_s[j], log_after[j], t, terms)
            log_before[j], top, counting = log_sum(terms, count)
            share = weight * _probability(log_in[j, t] + top - log_total)
            if t + counting == n:  # the last of them is cut off
                counting -= 1
                censored[j, counting] += share * terms[counting]
            for u in range(counting):
                completed[j, u] += share * terms[u]
        for j in range(k):
            log_in[j, t] = _probability(log_in[j, t] + log_before[j] - log_total)
    for j in range(k):
        first[j] += weight * log_in[j, 0]
    _fill_posterior(log_in, log_out, gamma)


@kernel
def _fill_posterior(entered, left, gamma):
    """gamma (n, k) from the probabilities (k, n) of entering at, and leaving after, each step; rounding is kept from adding up."""
    k, n = entered.shape
    for t in range(n):
        total = 0.0
        for j in range(k):
            value = entered[j, t]
            if t > 0:
                value += gamma[t - 1, j] - left[j, t - 1]
            gamma[t, j] = max(value, 0.0)
            total += gamma[t, j]
        for j in range(k):
            gamma[t, j] /= total
