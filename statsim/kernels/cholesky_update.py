"""Cholesky factors after a rank-one change, in d^2 steps: Gill, Golub, Murray, Saunders, Mathematics of Computation 28 (1974)."""

import math

from statsim.kernels.jit import inlined


@inlined
def add_rank_one(L, v):
    """L (d, d) becomes the lower factor of L L^T + v v^T; v is overwritten."""
    d = v.size
    for j in range(d):
        root = math.sqrt(L[j, j] * L[j, j] + v[j] * v[j])
        c, s = root / L[j, j], v[j] / L[j, j]
        L[j, j] = root
        for i in range(j + 1, d):
            L[i, j] = (L[i, j] + s * v[i]) / c
            v[i] = c * v[i] - s * L[i, j]


@inlined
def remove_rank_one(L, v):
    """L (d, d) becomes the lower factor of L L^T - v v^T; v is overwritten. False, with L spoilt, where that is not positive definite."""
    d = v.size
    for j in range(d):
        square = (L[j, j] - v[j]) * (L[j, j] + v[j])
        if not square > 1e-14 * L[j, j] * L[j, j]:
            return False
        root = math.sqrt(square)
        c, s = root / L[j, j], v[j] / L[j, j]
        L[j, j] = root
        for i in range(j + 1, d):
            L[i, j] = (L[i, j] - s * v[i]) / c
            v[i] = c * v[i] - s * L[i, j]
    return True
