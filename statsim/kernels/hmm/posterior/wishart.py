r"""Factors of inverse Wishart matrices (Bartlett 1933; Gelman et al. 2013, Bayesian Data Analysis, appendix A).

Where :math:`U` is upper triangular with standard normal entries above the diagonal and :math:`U_{ii}^2 \sim \chi^2_{\nu - (d - i)}`, i = 1, ..., d,
:math:`U U^T` is Wishart with the identity as its scale; :math:`L U^{-T}` is lower triangular, and its square inverse Wishart with the scale
:math:`L L^T`.
"""

import math

from statsim.kernels.jit import kernel
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def inverse_wishart_factor(random, degrees, L, V, C):
    """Write the lower factor C (d, d) of an inverse Wishart draw with `degrees` > d - 1 and scale L L^T; V (d, d) is working memory."""
    d = L.shape[0]
    for i in range(d):
        for j in range(i):
            V[i, j] = standard_normal(random)
        V[i, i] = math.sqrt(2.0 * standard_gamma(random, 0.5 * (degrees - (d - 1 - i))))
    for i in range(d):  # C V = L, from the last column to the first
        for j in range(d - 1, -1, -1):
            total = L[i, j] if j <= i else 0.0
            for p in range(j + 1, i + 1):
                total -= C[i, p] * V[p, j]
            C[i, j] = total / V[j, j] if j <= i else 0.0
