"""Simplex from K - 1 reals: the softmax of an isometric log ratio.

Egozcue, Pawlowsky-Glahn, Mateu-Figueras, Barcelo-Vidal (2003), Isometric logratio transformations, Math. Geology 35. y in R^(K-1)
gives the vector z = V y of sum zero (V orthonormal, Helmert), and x = softmax(z). The density is with respect to the Lebesgue
measure on x[0], ..., x[K - 2]; there log |dx/dy| = sum_k log x[k] + log(K) / 2.
"""

import math

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import kernel


@kernel
def simplex_from_reals(y, x):
    """Write the simplex point x (K,) of y (K - 1,); return log |dx/dy|."""
    K = x.size
    tail = 0.0  # sum of the y[i] / sqrt((i + 1) (i + 2)) for i >= k
    for k in range(K - 1, 0, -1):
        step = y[k - 1] / math.sqrt(k * (k + 1.0))
        x[k] = tail - k * step
        tail += step
    x[0] = tail
    return _softmax(x)


@kernel
def _softmax(x):
    """Replace x (K,) by its softmax; return the sum of the logs plus log(K) / 2."""
    top, total, jacobian = x[0], 0.0, 0.5 * log(float(x.size))
    for k in range(1, x.size):
        top = max(top, x[k])
    for k in range(x.size):
        total += exp(x[k] - top)
    shift = top + log(total)
    for k in range(x.size):
        jacobian += x[k] - shift
        x[k] = exp(x[k] - shift)
    return jacobian


@kernel
def simplex_gradient(x, gradient_x, gradient_y):
    """Gradient in y (K - 1,) of f(x(y)) + log |dx/dy|, from that of f in x (K,)."""
    K = x.size
    mean = 0.0
    for k in range(K):
        mean += x[k] * gradient_x[k]
    before = 0.0  # sum over i < k of the gradient in z
    for k in range(K):
        in_z = x[k] * (gradient_x[k] - mean) + 1.0 - K * x[k]
        if k > 0:
            gradient_y[k - 1] = (before - k * in_z) / math.sqrt(k * (k + 1.0))
        before += in_z


@kernel
def reals_from_simplex(x, y):
    """Write y (K - 1,) of the simplex point x (K,), all above zero."""
    before = log(x[0])
    for k in range(1, x.size):
        z = log(x[k])
        y[k - 1] = (before - k * z) / math.sqrt(k * (k + 1.0))
        before += z
