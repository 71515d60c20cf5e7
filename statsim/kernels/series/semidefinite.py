"""The Cholesky factor of a covariance that may be singular, by plain loops.

A column whose variance is all explained by the columns before it gets a zero column in the factor: L L' = A holds all the same, and
`solve` then gives a solution of A x = b wherever there is one. Golub, Van Loan, Matrix Computations (2013), section 4.2.8.
"""

import math

from statsim.kernels.jit import kernel

_OWN = 1e-13  # a column with less than this share of variance of its own is a linear function of those before it
_NEGATIVE = -1e-9


@kernel
def semidefinite_factor(A, L):
    """Write the lower factor of A (d, d) into L; returns the first column that makes A indefinite, or -1."""
    d = A.shape[0]
    for j in range(d):
        pivot = A[j, j]
        for p in range(j):
            pivot -= L[j, p] * L[j, p]
        if not pivot >= _NEGATIVE * A[j, j]:
            return j
        own = pivot > _OWN * A[j, j]
        root = math.sqrt(pivot) if own else 0.0
        L[j, j] = root
        for i in range(j):
            L[i, j] = 0.0
        for i in range(j + 1, d):
            L[i, j] = 0.0
            if own:
                value = A[i, j]
                for p in range(j):
                    value -= L[i, p] * L[j, p]
                L[i, j] = value / root
    return -1


@kernel
def semidefinite_solve(L, x):
    """Replace each row of x (n, d) by the solution s of L L' s = x, zero where L has a zero column."""
    d = L.shape[0]
    for row in range(x.shape[0]):
        for j in range(d):
            value = x[row, j]
            for p in range(j):
                value -= L[j, p] * x[row, p]
            x[row, j] = value / L[j, j] if L[j, j] > 0.0 else 0.0
        for j in range(d - 1, -1, -1):
            value = x[row, j]
            for i in range(j + 1, d):
                value -= L[i, j] * x[row, i]
            x[row, j] = value / L[j, j] if L[j, j] > 0.0 else 0.0


@kernel
def semidefinite_factors(A, L):
    """Factors of a stack A (n, d, d); returns the first matrix that is indefinite, or -1."""
    for n in range(A.shape[0]):
        if semidefinite_factor(A[n], L[n]) >= 0:
            return n
    return -1
