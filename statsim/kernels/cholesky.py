"""Cholesky factors and triangular inverses by plain loops: the same bits on every machine, no LAPACK.

Golub, Van Loan, Matrix Computations (2013), section 4.2. All arguments are stacks of matrices.
"""

import math

import numpy as np

from statsim.kernels.jit import kernel


@kernel
def cholesky(A, tolerance, L):
    """Write the lower factor of each A[m] (n, d, d) into L[m]; the upper triangle of L is set to zero.

    Returns
    -------
    int
        Index of the first matrix with a pivot at or below `tolerance` times its diagonal element (its factor is not
        finished), or -1 when all are positive definite.
    """
    d = A.shape[1]
    for m in range(A.shape[0]):
        for j in range(d):
            pivot = A[m, j, j]
            for p in range(j):
                pivot -= L[m, j, p] * L[m, j, p]
            if not pivot > tolerance * A[m, j, j]:
                return m
            root = math.sqrt(pivot)
            L[m, j, j] = root
            for i in range(j):
                L[m, i, j] = 0.0
            for i in range(j + 1, d):
                value = A[m, i, j]
                for p in range(j):
                    value -= L[m, i, p] * L[m, j, p]
                L[m, i, j] = value / root
    return -1


@kernel
def invert_lower(L, P):
    """Write the inverse of each lower triangular L[m] (n, d, d) into the lower triangle of the leading block of P[m]."""
    d = L.shape[1]
    for m in range(L.shape[0]):
        for j in range(d):
            P[m, j, j] = 1.0 / L[m, j, j]
            for i in range(j + 1, d):
                value = 0.0
                for p in range(j, i):
                    value -= L[m, i, p] * P[m, p, j]
                P[m, i, j] = value / L[m, i, i]


@kernel
def inverse_factors(A, tolerance, P, log_determinants):
    """Inverse Cholesky factors of A (n, d, d) into the leading blocks of P (n, p, p), and their log determinants (n,).

    Returns
    -------
    int
        As `cholesky`.
    """
    L = np.empty(A.shape)
    bad = cholesky(A, tolerance, L)
    if bad < 0:
        invert_lower(L, P)
        for m in range(A.shape[0]):
            log_determinants[m] = 0.0
            for i in range(A.shape[1]):
                log_determinants[m] -= math.log(L[m, i, i])
    return bad
