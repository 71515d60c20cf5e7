"""Products of small matrices by plain loops: the same bits on every machine, no BLAS."""

from statsim.kernels.jit import kernel


@kernel
def multiply(A, B, out):
    """out = A B."""
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            total = 0.0
            for p in range(A.shape[1]):
                total += A[i, p] * B[p, j]
            out[i, j] = total


@kernel
def multiply_transposed(A, B, out):
    """out = A B'."""
    for i in range(A.shape[0]):
        for j in range(B.shape[0]):
            total = 0.0
            for p in range(A.shape[1]):
                total += A[i, p] * B[j, p]
            out[i, j] = total


@kernel
def add_congruence(A, P, work, out):
    """out += A P A', made symmetric to the last bit; P symmetric, `work` of the shape of A."""
    multiply(A, P, work)
    for i in range(A.shape[0]):
        for j in range(i + 1):
            total = 0.0
            for p in range(A.shape[1]):
                total += work[i, p] * A[j, p]
            out[i, j] += total
            if i != j:
                out[j, i] = out[i, j]
