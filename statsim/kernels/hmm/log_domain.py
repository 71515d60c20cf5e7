r"""Forward and backward passes in logarithms: for sequences whose probabilities leave the doubles, several times slower.

The same quantities as `statsim.kernels.hmm.forward` and `backward`, every sum as :math:`m + \log \sum e^{x - m}`.
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import inlined, kernel

_NOTHING = -745.0  # the exponential of less is zero


@inlined
def _log_sum(terms):
    """log of the sum of exponentials of `terms` (k,); minus infinity where all are."""
    top = terms[0]
    for j in range(1, terms.size):
        top = max(top, terms[j])
    if not top > -math.inf:
        return -math.inf
    total = 0.0
    for j in range(terms.size):
        total += exp(terms[j] - top)
    return top + log(total)


@kernel
def log_forward(log_b, log_initial, log_transition, log_alpha):
    """Filter one sequence; log_alpha (n, k) receives log p(x_1..x_t, state j), and its log-likelihood is returned."""
    n, k = log_b.shape
    terms = np.empty(k)
    for t in range(n):
        for j in range(k):
            if t == 0:
                log_alpha[t, j] = log_initial[j] + log_b[t, j]
            else:
                for h in range(k):
                    terms[h] = log_alpha[t - 1, h] + log_transition[h, j]
                log_alpha[t, j] = _log_sum(terms) + log_b[t, j]
    return _log_sum(log_alpha[n - 1])


@kernel
def log_backward(log_b, log_transition, log_following, has_following, weight, log_alpha, log_total, pairs, first):
    """Smooth one sequence.

    Parameters
    ----------
    log_following : (k,)
        log of b times beta of the step after the last one (`has_following`); replaced by that of the first step.
    log_alpha : (n, k)
        From `log_forward`; replaced by the probability of each state given the whole sequence.
    log_total : float
        Log-likelihood of the whole sequence.
    pairs : (k, k), first : (k,)
        Added to: expected transitions, and the posterior of the first step.
    """
    n, k = log_b.shape
    log_w, log_beta, terms = np.empty(k), np.zeros(k), np.empty(k)
    for j in range(k):
        log_w[j] = log_following[j]
    for t in range(n - 1, -1, -1):
        if t < n - 1 or has_following:
            _pairs_and_beta(log_alpha, t, log_transition, log_w, log_total, weight, log_beta, terms, pairs)
        for j in range(k):
            log_w[j] = log_b[t, j] + log_beta[j]
        for j in range(k):
            joint = log_alpha[t, j] + log_beta[j] - log_total
            log_alpha[t, j] = exp(joint) if joint > _NOTHING else 0.0
    for j in range(k):
        log_following[j] = log_w[j]
        first[j] += weight * log_alpha[0, j]


@inlined
def _pairs_and_beta(log_alpha, t, log_transition, log_w, log_total, weight, log_beta, terms, pairs):
    """Expected transitions from step t are added; log_beta becomes that of step t."""
    k = log_w.size
    for h in range(k):
        for j in range(k):
            terms[j] = log_transition[h, j] + log_w[j]
            joint = log_alpha[t, h] + terms[j] - log_total
            if joint > _NOTHING:
                pairs[h, j] += weight * exp(joint)
        log_beta[h] = _log_sum(terms)
