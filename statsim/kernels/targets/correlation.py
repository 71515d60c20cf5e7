"""Cholesky factor of a correlation matrix from K (K - 1) / 2 reals: canonical partial correlations.

Lewandowski, Kurowicka, Joe (2009), Generating random correlation matrices, J. Multivariate Analysis 100; Stan Reference Manual,
"Cholesky factors of correlation matrices". Row i of L lies on the unit half sphere: L[i, j] = z[i, j] sqrt(r[j]) with z = tanh(y)
and r[j] the squared length left, and L[i, i] = sqrt(r[i]) > 0. L is stored as its K x K entries, row after row. The density is with
respect to the Lebesgue measure on the entries below the diagonal.
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp, expm1
from statsim.kernels.elementary.logarithm import log, log1p
from statsim.kernels.jit import kernel

_LOG_2 = 0.6931471805599453


@kernel
def _tanh(y):
    if abs(y) < 1e-5:
        return y - y * y * y / 3.0
    half = expm1(-2.0 * abs(y))
    return math.copysign(-half / (2.0 + half), y)


@kernel
def _log_one_minus_tanh_squared(y):
    return 2.0 * (_LOG_2 - abs(y) - log1p(exp(-2.0 * abs(y))))


@kernel
def correlation_factor_from_reals(y, x):
    """Write L as x (K K,) of y (K (K - 1) / 2,); return log |dL/dy|."""
    K = int(round(math.sqrt(x.size)))
    jacobian, index = 0.0, 0
    for i in range(K):
        left = 1.0
        for j in range(i):
            z = _tanh(y[index])
            x[i * K + j] = z * math.sqrt(left)
            log_kept = _log_one_minus_tanh_squared(y[index])
            jacobian += log_kept + 0.5 * log(left)
            left *= exp(log_kept)
            index += 1
        x[i * K + i] = math.sqrt(left)
        for j in range(i + 1, K):
            x[i * K + j] = 0.0
    return jacobian


@kernel
def correlation_factor_gradient(y, x, gradient_x, gradient_y):
    """Gradient in y of f(L(y)) + log |dL/dy|, from that of f in x (K K,); entries above the diagonal do not count."""
    K = int(round(math.sqrt(x.size)))
    left = np.empty(K + 1)
    for i in range(K):
        first = i * (i - 1) // 2
        left[0] = 1.0
        for j in range(i):
            left[j + 1] = left[j] * exp(_log_one_minus_tanh_squared(y[first + j]))
        in_left = 0.5 * gradient_x[i * K + i] / math.sqrt(left[i])
        for j in range(i - 1, -1, -1):
            z, root, g = _tanh(y[first + j]), math.sqrt(left[j]), gradient_x[i * K + j]
            kept = exp(_log_one_minus_tanh_squared(y[first + j]))
            in_z = g * root - 2.0 * in_left * left[j] * z
            in_left = in_left * kept + 0.5 * g * z / root + 0.5 / left[j]
            gradient_y[first + j] = in_z * kept - 2.0 * z


@kernel
def reals_from_correlation_factor(x, y):
    """Write y of the factor x (K K,), all of whose rows have length one and end in a number above zero."""
    K = int(round(math.sqrt(x.size)))
    index = 0
    for i in range(K):
        left = 1.0
        for j in range(i):
            z = x[i * K + j] / math.sqrt(left)
            y[index] = 0.5 * (log1p(z) - log1p(-z))
            left -= x[i * K + j] * x[i * K + j]
            index += 1
