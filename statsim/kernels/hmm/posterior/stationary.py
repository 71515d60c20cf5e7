r"""The stationary law of a chain, and how a function of it changes with the transitions.

:math:`\pi M = 1^T`, :math:`M = I - A + 1 1^T`, where there is one closed class, and so :math:`d\pi = \pi\, dA\, M^{-1}` up to a multiple of :math:`\pi`
(Schweitzer 1968, J. Appl. Probab. 5; Hunter 1982, Linear Algebra Appl. 45).
"""

import numpy as np

from statsim.kernels.jit import kernel

_LEAST = 1e-14  # a pivot of a matrix of order one: there is no unique stationary law


@kernel
def solve(A, b):
    """Write the solution of A x = b into b (k,), by elimination with row pivots; A (k, k) is overwritten. False where A is singular."""
    k = b.size
    for p in range(k):
        best = p
        for i in range(p + 1, k):
            if abs(A[i, p]) > abs(A[best, p]):
                best = i
        if not abs(A[best, p]) > _LEAST:
            return False
        for j in range(p, k):
            A[p, j], A[best, j] = A[best, j], A[p, j]
        b[p], b[best] = b[best], b[p]
        for i in range(p + 1, k):
            share = A[i, p] / A[p, p]
            for j in range(p, k):
                A[i, j] -= share * A[p, j]
            b[i] -= share * b[p]
    for p in range(k - 1, -1, -1):
        for j in range(p + 1, k):
            b[p] -= A[p, j] * b[j]
        b[p] /= A[p, p]
    return True


@kernel
def stationary_law(moves, law):
    """Fill `law` (k,) with the stationary law of the transitions; False where there is none of its own."""
    k = law.size
    A = np.empty((k, k))
    for i in range(k):
        law[i] = 1.0
        for j in range(k):
            A[j, i] = (1.0 if i == j else 0.0) - moves[i, j] + 1.0
    if not solve(A, law):
        return False
    total = 0.0
    for j in range(k):
        law[j] = max(law[j], 0.0)
        total += law[j]
    for j in range(k):
        law[j] /= total
    return True


@kernel
def stationary_slopes(moves, law, first, slopes):
    """Add the slopes of sum_j first_j log law_j along the transitions to `slopes` (k, k)."""
    k = law.size
    A, v, total = np.empty((k, k)), np.empty(k), first.sum()
    for i in range(k):
        v[i] = (first[i] / law[i] if law[i] > 0.0 else 0.0) - total
        for j in range(k):
            A[i, j] = (1.0 if i == j else 0.0) - moves[i, j] + 1.0
    solve(A, v)
    for i in range(k):
        for j in range(k):
            slopes[i, j] += law[i] * v[j]
