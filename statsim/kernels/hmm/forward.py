r"""The scaled forward pass.

Rabiner (1989), Proc. IEEE 77, section V.A: :math:`\hat\alpha_t(j) = b_j(x_t) \sum_i \hat\alpha_{t-1}(i) a_{ij} / c_t`. Densities of a step are taken
relative to the largest of them, so c_t lies in (0, 1] and no length underflows; :math:`\log p(x) = \sum_t \log c_t + \max_j \log b_j(x_t)`.

What the scaled form loses: a state whose probability falls below the smallest double is gone, and later evidence cannot bring it back where other
states do not lead to it. Then, and only then, the answer is `LOST`, and `statsim.kernels.hmm.log_domain` must be used.
"""

import math

import numpy as np

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.hmm.registers import put, registers, times
from statsim.kernels.hmm.relative_tile import TILE, relative_tile, write_rows
from statsim.kernels.jit import inlined, kernel

SOUND, LOST, IMPOSSIBLE = range(3)
_FEW = 1e-250  # a probability of a state, relative to the others, that doubles can still carry on
_SMALL = 2.0**-64  # the row is scaled again below this


@kernel
def relative_densities(log_b, b, highest):
    """b = exp(log_b - highest), highest (n,) the largest of each row of log_b (n, k); minus infinity gives 0.

    What is smaller than exp(-708) relative to the largest is cut there. `b` may be `log_b` itself.
    """
    n, k = log_b.shape
    logs, tops = np.zeros((k, TILE)), np.empty(TILE)
    for begin in range(0, n, TILE):
        width = min(TILE, n - begin)
        for t in range(width):
            for j in range(k):
                logs[j, t] = log_b[begin + t, j]
        relative_tile(logs, tops)
        write_rows(logs, begin, width, b)
        for t in range(width):
            highest[begin + t] = tops[t]


@inlined
def _is_lost(u, total, predicted, b):
    """Whether a state that can be is too faint to be carried on."""
    for j in range(len(u)):
        if u[j] < _FEW * total and predicted[j] > 0.0 and b[j] > 0.0:
            return True
    return False


@kernel
def forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, u, predicted):
    """`forward` with the transitions end to end, in two rows of `registers(k)` (or arrays, where a kernel calls it)."""
    k, keeps = len(u), scale.size > 0
    for i in range(offsets.size - 1):
        logs, total, share, status[i] = 0.0, 1.0, 1.0, SOUND
        for t in range(offsets[i], offsets[i + 1]):
            if t == offsets[i]:
                for j in range(k):
                    predicted = put(predicted, j, initial[j])
            else:
                predicted = times(u, transition, predicted)
            total = 0.0
            for j in range(k):
                u = put(u, j, predicted[j] * b[t, j])
                total += u[j]
            c = total * share
            if not c > _FEW or not highest[t] > -math.inf or (strict and _is_lost(u, total, predicted, b[t])):
                status[i] = LOST if highest[t] > -math.inf else IMPOSSIBLE
                break
            share = 1.0 / total
            if keeps:
                scale[t] = c
                for j in range(k):
                    alpha[t, j] = u[j] * share
            logs += highest[t]
            if total < _SMALL:
                logs += log(total)
                for j in range(k):
                    u = put(u, j, u[j] * share)
                total, share = 1.0, 1.0
        if not keeps:
            for j in range(k):
                alpha[0, j] = u[j] * share
        log_likelihood[i] = logs + log(total) if status[i] == SOUND else -math.inf


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
        Filled: probability of each state given the steps up to this one; c_t. Where scale is (0,), alpha (1, k) is filled for the very last step alone.
    log_likelihood : (m,)
        Filled.
    status : (m,) int64
        Filled: `SOUND`, `LOST` or `IMPOSSIBLE`.
    """
    u, predicted = registers(initial.size), registers(initial.size)
    forward_kernel(b, highest, offsets, initial, transition.ravel(), strict, alpha, scale, log_likelihood, status, u, predicted)
