"""The Cholesky factor of a covariance that may be singular, by plain loops.

A column whose variance is all explained by the columns before it gets a zero column in the factor: L L' = A holds all the same. Golub, Van Loan, Matrix Computations (2013), section 4.2.8.
"""

import math

from statsim.kernels.jit import kernel

_OWN = 1e-13  # a column with less than this share of variance of its own is a linear function of those before it
_NEGATIVE = -1e-9
ROUNDING = 1e-14


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
def congruence_scale(A, P, Q, scale):
    """scale (d,) = the size of the terms that make the diagonal of A P A' + Q, and so of its rounding errors."""
    d = A.shape[1]
    for i in range(A.shape[0]):
        total = 0.0
        for j in range(d):
            total += A[i, j] * A[i, j] * P[j, j]
        scale[i] = d * total + Q[i, i]


@kernel
def rounded_factor(A, scale, L):
    """`semidefinite_factor` of a covariance that was computed from terms of size `scale` (d,): what their rounding may have made is zero."""
    d = A.shape[0]
    for j in range(d):
        pivot = A[j, j]
        for p in range(j):
            pivot -= L[j, p] * L[j, p]
        own = pivot > _OWN * A[j, j] and pivot > ROUNDING * scale[j]
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


@kernel
def clear_rounding(A, scale):
    """Set to zero the rows and columns of a covariance whose variance is but rounding of terms of size `scale` (d,)."""
    for i in range(A.shape[0]):
        if not A[i, i] > ROUNDING * scale[i]:
            for j in range(A.shape[0]):
                A[i, j] = 0.0
                A[j, i] = 0.0
