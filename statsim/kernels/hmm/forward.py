r"""The scaled forward pass.

Rabiner (1989), Proc. IEEE 77, section V.A: :math:`\hat\alpha_t(j) = b_j(x_t) \sum_i \hat\alpha_{t-1}(i) a_{ij} / c_t`. Densities of a step are taken
relative to the largest of them, so c_t lies in (0, 1] and no length underflows; :math:`\log p(x) = \sum_t \log c_t + \max_j \log b_j(x_t)`.

What the scaled form loses: a state whose probability falls below the smallest double is gone, and later evidence cannot bring it back where other
states do not lead to it. Then, and only then, the answer is `LOST`, and `statsim.kernels.hmm.log_domain` must be used.
"""

import math

import numpy as np

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.elementary.vector_exp import exp_scratch, exp_tile
from statsim.kernels.jit import inlined, kernel

SOUND, LOST, IMPOSSIBLE = range(3)
TILE = 256
_FEW = 1e-250  # a probability of a state, relative to the others, that doubles can still carry on
_SMALL = 1e-200  # products of scales are folded into a logarithm below this


@kernel
def relative_densities(log_b, b, highest):
    """b = exp(log_b - highest), highest (n,) the largest of each row of log_b (n, k); minus infinity gives 0.

    What is smaller than exp(-700) relative to the largest is cut there.
    """
    n, k = log_b.shape
    logs, out = log_b.reshape(n * k), b.reshape(n * k)
    for t in range(n):
        top = log_b[t, 0]
        for j in range(1, k):
            top = max(top, log_b[t, j])
        highest[t] = top
        for j in range(k):
            b[t, j] = log_b[t, j] - top
    negative, powers, bits = np.empty(TILE), *exp_scratch(TILE)
    exponentials = np.empty((1, TILE))
    for begin in range(0, n * k, TILE):
        width = min(TILE, n * k - begin)
        for i in range(width):
            negative[i] = out[begin + i]
        exp_tile(negative, powers, bits, exponentials, 0)
        for i in range(width):
            out[begin + i] = exponentials[0, i] if logs[begin + i] > -math.inf else 0.0


@inlined
def _scale(alpha, t, predicted, b, strict):
    """alpha_t from what was predicted; its scale (0 where hardly anything is left), and whether a state was lost."""
    k = predicted.size
    total = 0.0
    for j in range(k):
        value = predicted[j] * b[t, j]
        alpha[t, j] = value
        total += value
    if not total > _FEW:
        return 0.0, False
    share, lost = 1.0 / total, False
    for j in range(k):
        value = alpha[t, j] * share
        alpha[t, j] = value
        if strict and value < _FEW and predicted[j] > 0.0 and b[t, j] > 0.0:
            lost = True
    return total, lost


@kernel
def forward(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status):
    """Filter sequences that lie end to end.

    Parameters
    ----------
    b : (n, k), highest : (n,)
        From `relative_densities`.
    offsets : (m + 1,)
        Sequence i is the rows [offsets[i], offsets[i + 1]).
    initial : (k,), transition : (k, k)
    strict : bool
        Tell of states that are lost: needed where some transitions are (nearly) impossible.
    alpha : (n, k), scale : (n,)
        Filled: probability of each state given the steps up to this one; c_t.
    log_likelihood : (m,)
        Filled.
    status : (m,) int64
        Filled: `SOUND`, `LOST` or `IMPOSSIBLE`.
    """
    k = initial.size
    predicted = np.empty(k)
    for i in range(offsets.size - 1):
        total, product, status[i] = 0.0, 1.0, SOUND
        for t in range(offsets[i], offsets[i + 1]):
            if t == offsets[i]:
                for j in range(k):
                    predicted[j] = initial[j]
            else:
                for j in range(k):
                    predicted[j] = 0.0
                for h in range(k):
                    weight = alpha[t - 1, h]
                    for j in range(k):
                        predicted[j] += weight * transition[h, j]
            c, lost = _scale(alpha, t, predicted, b, strict)
            if c == 0.0 or not highest[t] > -math.inf:
                status[i] = LOST if highest[t] > -math.inf else IMPOSSIBLE
                break
            if lost:
                status[i] = LOST
                break
            scale[t] = c
            total += highest[t]
            product *= c
            if product < _SMALL:
                total += log(product)
                product = 1.0
        log_likelihood[i] = total + log(product) if status[i] == SOUND else -math.inf
