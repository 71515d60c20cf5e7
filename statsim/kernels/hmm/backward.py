r"""The scaled backward pass, and what Baum-Welch sums up on the way.

Rabiner (1989), Proc. IEEE 77, section V.A; Baum, Petrie, Soules, Weiss (1970). With :math:`w_t(j) = b_j(x_t) \hat\beta_t(j) / c_t` it is
:math:`\hat\beta_{t-1} = A w_t`, the posterior is :math:`\hat\alpha_t \hat\beta_t`, and the expected transitions are
:math:`a_{ij} \sum_t \hat\alpha_{t-1}(i) w_t(j)`: the recursion runs over a tile of steps, and then the sums over the tile.
"""

import numpy as np

from statsim.kernels.hmm.registers import put, registers, times
from statsim.kernels.jit import kernel, kernel_reassociated

TILE = 128


@kernel_reassociated
def _add_pairs(before, after, width, pairs):
    """Add sum_t before[i, t] after[j, t] over t < width to pairs (k, k)."""
    k = pairs.shape[0]
    for i in range(k):
        for j in range(0, k - 1, 2):
            first, second = 0.0, 0.0
            for t in range(width):
                first += before[i, t] * after[j, t]
                second += before[i, t] * after[j + 1, t]
            pairs[i, j] += first
            pairs[i, j + 1] += second
        if k % 2:
            last = 0.0
            for t in range(width):
                last += before[i, t] * after[k - 1, t]
            pairs[i, k - 1] += last


@kernel
def backward_kernel(b, scale, offsets, weights, columns, following, has_following, alpha, pairs, first, w, beta):
    """`backward` with the columns of the transitions end to end, in two rows of `registers(k)` (or arrays, where a kernel calls it)."""
    k = len(w)
    before, after = np.empty((k, TILE)), np.empty((k, TILE))
    for i in range(offsets.size - 1):
        begin, end, weight = offsets[i], offsets[i + 1], weights[i]
        if weight == 0.0 or begin == end:
            continue
        for j in range(k):
            beta = put(beta, j, 1.0)
        if has_following:
            for h in range(k):
                expected = 0.0
                for j in range(k):
                    expected += columns[j * k + h] * following[j]
                    pairs[h, j] += weight * alpha[end - 1, h] * following[j]
                beta = put(beta, h, expected)
        for high in range(end, begin + 1, -TILE):
            width = min(TILE, high - begin - 1)
            for t in range(width):
                row = high - 1 - t
                share = 1.0 / scale[row]
                for j in range(k):
                    value = b[row, j] * share * beta[j]
                    w = put(w, j, value if alpha[row, j] > 0.0 else 0.0)
                    alpha[row, j] *= beta[j]
                    before[j, t] = weight * alpha[row - 1, j]
                    after[j, t] = w[j]
                beta = times(w, columns, beta)
            _add_pairs(before, after, width, pairs)
        for j in range(k):
            following[j] = b[begin, j] * beta[j] / scale[begin]
            alpha[begin, j] *= beta[j]
            first[j] += weight * alpha[begin, j]


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
    columns = np.ascontiguousarray(transition.T).ravel()
    backward_kernel(b, scale, offsets, weights, columns, following, has_following, alpha, pairs, first, registers(k), registers(k))
