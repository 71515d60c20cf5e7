r"""Inverse Wishart matrices by Bartlett's decomposition (M. S. Bartlett, Proc. R. Soc. Edinburgh 53, 1933), in factors.

With scale matrix :math:`\Psi = L L^T` and B lower triangular, :math:`B_{ii}^2 \sim \chi^2_{\nu - (d - 1 - i)}`, standard normals below the diagonal,
:math:`B^T B` is Wishart with unit scale, and :math:`\Sigma^{-1} = P^T P` with :math:`P = B L^{-1}`; so :math:`\Sigma = C C^T`, :math:`C = L B^{-1}`: both factors
are lower triangular and no matrix is ever inverted.
"""

import math

from statsim.kernels.jit import kernel
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def inverse_wishart(state, dof, lower, P, C):
    """Draw a covariance with `dof` > d - 1 degrees of freedom and scale `lower` lower^T; fill P = Sigma^(-1/2) and C = P^-1, both (d, d) lower."""
    d = lower.shape[0]
    for i in range(d):  # B stands in P
        for j in range(i):
            P[i, j] = standard_normal(state)
        P[i, i] = math.sqrt(2.0 * standard_gamma(state, 0.5 * (dof - (d - 1 - i))))
        for j in range(i + 1, d):
            P[i, j] = 0.0
    solve_right(lower, P, C)
    inverse_product(P, lower)


@kernel
def solve_right(lower, B, C):
    """C with C B = lower, all lower triangular."""
    d = lower.shape[0]
    for i in range(d):
        for j in range(i, -1, -1):
            value = lower[i, j]
            for p in range(j + 1, i + 1):
                value -= C[i, p] * B[p, j]
            C[i, j] = value / B[j, j]
        for j in range(i + 1, d):
            C[i, j] = 0.0


@kernel
def inverse_product(B, lower):
    """B lower^-1 in the place of B: each row x solves x lower = b."""
    d = lower.shape[0]
    for i in range(d):
        for j in range(i, -1, -1):
            value = B[i, j]
            for p in range(j + 1, i + 1):
                value -= B[i, p] * lower[p, j]
            B[i, j] = value / lower[j, j]
