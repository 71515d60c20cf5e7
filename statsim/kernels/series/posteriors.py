r"""Independent draws of the posterior of a vector autoregression.

:math:`\Sigma \sim IW(\Psi, \nu)` by Bartlett's factor A of a standard Wishart matrix, :math:`\Sigma = P A^{-T} A^{-1} P^T` with :math:`\Psi = P P^T`;
then :math:`B = M + L Z F^T` with :math:`V = L L^T`, :math:`\Sigma = F F^T`. M. Bartlett, Proc. Roy. Soc. Edinburgh 53 (1933); A. Dawid,
Biometrika 68 (1981). Each draw has a stream of its own.
"""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


@inlined
def _wishart_factor(state, df, A):
    """Fill A (k, k), lower, with A A' standard Wishart of `df` degrees of freedom."""
    for i in range(A.shape[0]):
        for j in range(i):
            A[i, j] = standard_normal(state)
        A[i, i] = math.sqrt(2.0 * standard_gamma(state, 0.5 * (df - i)))


@inlined
def _divided(P, A, F):
    """Fill F (k, k) with P A'^-1, row by row."""
    for i in range(F.shape[0]):
        for j in range(F.shape[0]):
            value = P[i, j] if j <= i else 0.0
            for h in range(j):
                value -= A[j, h] * F[i, h]
            F[i, j] = value / A[j, j]


@inlined
def _moved(state, mean, row_factor, F, Z, half, out):
    """out (r, k) = mean + row_factor Z F'."""
    r, k = mean.shape
    for i in range(r):
        for j in range(k):
            Z[i, j] = standard_normal(state)
    for i in range(r):
        for j in range(k):
            total = 0.0
            for h in range(i + 1):
                total += row_factor[i, h] * Z[h, j]
            half[i, j] = total
    for i in range(r):
        for j in range(k):
            total = 0.0
            for h in range(k):
                total += half[i, h] * F[j, h]
            out[i, j] = mean[i, j] + total


@kernel
def fill_matrix_normal_inverse_wishart(key, first, mean, row_factor, scale_factor, df, coefficients, covariances):
    """Draws number first, first + 1, ... of the law.

    Parameters
    ----------
    key : (2,) uint64
    first : int64
    mean : (r, k)
    row_factor : (r, r)
        Lower factor of V.
    scale_factor : (k, k)
        Lower factor of Psi.
    df : float
    coefficients, covariances : (n, r, k), (n, k, k)
        Filled.
    """
    r, k = mean.shape
    state, A, F = np.empty(4, np.uint64), np.zeros((k, k)), np.empty((k, k))
    Z, half = np.empty((r, k)), np.empty((r, k))
    for t in range(covariances.shape[0]):
        seed_block(key[0], key[1], np.uint64(first + t), state)
        _wishart_factor(state, df, A)
        _divided(scale_factor, A, F)
        _moved(state, mean, row_factor, F, Z, half, coefficients[t])
        for i in range(k):
            for j in range(i + 1):
                total = 0.0
                for h in range(k):
                    total += F[i, h] * F[j, h]
                covariances[t, i, j] = total
                covariances[t, j, i] = total
