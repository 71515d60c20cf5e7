r"""The metric as a linear map: y = L z makes the target round, and momenta are standard normal.

With inverse metric :math:`M^{-1} = L L^T` the momentum of the literature is :math:`L^{-T} p`; written in `p` the kinetic energy is
:math:`|p|^2 / 2`, a step moves y by :math:`\epsilon L p` and p by :math:`\epsilon h / 2` with :math:`h = L^T \nabla \log p(y)`. The U-turn
criterion of NUTS, :math:`\rho^T M^{-1} p`, becomes a plain product of sums of `p`.

`metric` is a tuple (kind, scale (d,), factor): DIAGONAL has L = diag(scale); DENSE has L = factor (d, d), lower triangular; LOW_RANK has
L = diag(scale) (I + U diag(stretch - 1) U^T), factor (r + 1, d) holding the rows of U^T and then the r values of stretch.
"""

from statsim.kernels.jit import inlined, kernel

DIAGONAL, DENSE, LOW_RANK = range(3)


@inlined
def whiten_gradient(metric, gradient, h):
    """h = L^T gradient."""
    kind, scale, factor = metric
    if kind == DIAGONAL:
        for i in range(scale.size):
            h[i] = scale[i] * gradient[i]
    elif kind == DENSE:
        _transposed_product(factor, gradient, h)
    else:
        for i in range(scale.size):
            h[i] = scale[i] * gradient[i]
        _stretch(factor, h)


@inlined
def move(metric, step, p, y, scratch, out):
    """out = y + step L p."""
    kind, scale, factor = metric
    if kind == DIAGONAL:
        for i in range(scale.size):
            out[i] = y[i] + step * (scale[i] * p[i])
    elif kind == DENSE:
        _product(factor, p, scratch)
        for i in range(scale.size):
            out[i] = y[i] + step * scratch[i]
    else:
        for i in range(scale.size):
            scratch[i] = p[i]
        _stretch(factor, scratch)
        for i in range(scale.size):
            out[i] = y[i] + step * (scale[i] * scratch[i])


@kernel
def _product(L, p, out):
    """out = L p, L lower triangular, stored transposed so that the inner loop runs along memory and along `out`."""
    d = p.size
    for i in range(d):
        out[i] = 0.0
    for j in range(d):
        z = p[j]
        for i in range(j, d):
            out[i] += L[j, i] * z


@kernel
def _transposed_product(L, g, h):
    """h = L^T g; `L` is stored transposed: row j of the array is column j of L."""
    d = g.size
    for j in range(d):
        s0 = s1 = s2 = s3 = 0.0
        i = j
        while i + 3 < d:
            s0 += L[j, i] * g[i]
            s1 += L[j, i + 1] * g[i + 1]
            s2 += L[j, i + 2] * g[i + 2]
            s3 += L[j, i + 3] * g[i + 3]
            i += 4
        while i < d:
            s0 += L[j, i] * g[i]
            i += 1
        h[j] = (s0 + s1) + (s2 + s3)


@kernel
def _stretch(factor, vector):
    """vector = (I + U diag(stretch - 1) U^T) vector, in place."""
    rank = factor.shape[0] - 1
    for r in range(rank):
        along = 0.0
        for i in range(vector.size):
            along += factor[r, i] * vector[i]
        along *= factor[rank, r] - 1.0
        for i in range(vector.size):
            vector[i] += along * factor[r, i]
