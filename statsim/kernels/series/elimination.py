"""Linear equations by Gaussian elimination with partial pivoting, in plain loops.

Golub, Van Loan, Matrix Computations (2013), section 3.4.
"""

from statsim.kernels.jit import kernel


@kernel
def solve_in_place(A, b):
    """Replace b (d,) by the solution of A x = b; A (d, d) is overwritten. False when A is singular."""
    d = A.shape[0]
    for j in range(d):
        best = j
        for i in range(j + 1, d):
            if abs(A[i, j]) > abs(A[best, j]):
                best = i
        if not abs(A[best, j]) > 0.0:
            return False
        for p in range(d):
            A[j, p], A[best, p] = A[best, p], A[j, p]
        b[j], b[best] = b[best], b[j]
        for i in range(j + 1, d):
            ratio = A[i, j] / A[j, j]
            for p in range(j, d):
                A[i, p] -= ratio * A[j, p]
            b[i] -= ratio * b[j]
    for j in range(d - 1, -1, -1):
        for p in range(j + 1, d):
            b[j] -= A[j, p] * b[p]
        b[j] /= A[j, j]
    return True
