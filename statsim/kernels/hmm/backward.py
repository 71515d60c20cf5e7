r"""The scaled backward pass, and what Baum-Welch sums up on the way.

Rabiner (1989), Proc. IEEE 77, section V.A; Baum, Petrie, Soules, Weiss (1970). With :math:`w_t(j) = b_j(x_t) \hat\beta_t(j) / c_t` it is
:math:`\hat\beta_{t-1} = A w_t`, the posterior is :math:`\hat\alpha_t \hat\beta_t`, and the expected transitions are
:math:`a_{ij} \sum_t \hat\alpha_{t-1}(i) w_t(j)`.
"""

import numpy as np

from statsim.kernels.jit import kernel


@kernel
def backward(b, scale, offsets, weights, transition, following, has_following, alpha, pairs, first):
    """Smooth sequences that `forward` has filtered.

    Parameters
    ----------
    b : (n, k), scale : (n,), offsets : (m + 1,)
        As `forward` took and filled them.
    weights : (m,)
        Of each sequence, in the sums; 0 leaves it out.
    transition : (k, k)
    following : (k,)
        w of the step after the last one, where the only sequence here is the beginning of a longer one (`has_following`);
        replaced by w of the first step.
    alpha : (n, k)
        From `forward`; replaced by the probability of each state given the whole sequence.
    pairs : (k, k)
        Expected transitions are added; still to be multiplied by `transition`.
    first : (k,)
        Posteriors of the first steps are added.
    """
    k = transition.shape[0]
    w, beta = np.empty(k), np.empty(k)
    for i in range(offsets.size - 1):
        begin, end, weight = offsets[i], offsets[i + 1], weights[i]
        if weight == 0.0 or begin == end:
            continue
        for j in range(k):
            beta[j] = 1.0
        if has_following:
            for j in range(k):
                w[j] = following[j]
            _step_back(alpha, end - 1, transition, w, weight, beta, pairs)
        for t in range(end - 1, begin, -1):
            share = 1.0 / scale[t]
            for j in range(k):
                w[j] = b[t, j] * beta[j] * share
                alpha[t, j] *= beta[j]
            _step_back(alpha, t - 1, transition, w, weight, beta, pairs)
        for j in range(k):
            following[j] = b[begin, j] * beta[j] / scale[begin]
            alpha[begin, j] *= beta[j]
            first[j] += weight * alpha[begin, j]


@kernel
def _step_back(alpha, t, transition, w, weight, beta, pairs):
    """beta = A w, and the pairs of step t with the step after it are added."""
    k = w.size
    for h in range(k):
        total, share = 0.0, weight * alpha[t, h]
        for j in range(k):
            total += transition[h, j] * w[j]
            pairs[h, j] += share * w[j]
        beta[h] = total
