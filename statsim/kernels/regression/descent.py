r"""Coordinate descent for the elastic net on sums of products.

Minimises :math:`\tfrac12 b^T G b - c^T b + \sum_j l_1 |b_j| + \tfrac12 l_2 b_j^2`; J. Friedman, T. Hastie, R. Tibshirani, Journal of Statistical
Software 33 (2010), section 2.2 ("covariance updates"). It stops by the conditions of Karush, Kuhn and Tucker, not by the size of a step.
"""

from statsim.kernels.jit import inlined, kernel


@inlined
def _soften(value, threshold):
    if value > threshold:
        return value - threshold
    return value + threshold if value < -threshold else 0.0


@inlined
def _move(G, j, l1, l2, b, slopes):
    """The best b[j] given the others; `slopes` stays c - G b."""
    below = G[j, j] + l2
    fresh = _soften(slopes[j] + G[j, j] * b[j], l1) / below if below > 0.0 else 0.0
    change = fresh - b[j]
    if change != 0.0:
        b[j] = fresh
        for k in range(b.size):
            slopes[k] -= G[j, k] * change


@inlined
def _violation(j, l1, l2, b, slopes):
    """By how much coordinate j misses its condition."""
    slope = slopes[j] - l2 * b[j]
    if b[j] > 0.0:
        return abs(slope - l1)
    return abs(slope + l1) if b[j] < 0.0 else max(abs(slope) - l1, 0.0)


@kernel
def descend(G, c, l1, l2, b, slopes, tol, max_sweeps):
    """Move b (p,) in place to the minimum; `slopes` (p,) must hold c - G b.

    Returns
    -------
    int, float
        Sweeps made, and the largest violation of a condition that is left (`tol` or less where it converged).
    """
    worst, sweeps = 0.0, 0
    for j in range(b.size):
        worst = max(worst, _violation(j, l1, l2, b, slopes))
    while worst > tol and sweeps < max_sweeps:
        for j in range(b.size):
            _move(G, j, l1, l2, b, slopes)
        sweeps += 1
        inner = 2.0 * tol
        while inner > tol and sweeps < max_sweeps:  # coordinates that are not zero, until they agree among themselves
            inner = 0.0
            for j in range(b.size):
                if b[j] != 0.0:
                    _move(G, j, l1, l2, b, slopes)
            for j in range(b.size):
                if b[j] != 0.0:
                    inner = max(inner, _violation(j, l1, l2, b, slopes))
            sweeps += 1
        worst = 0.0
        for k in range(b.size):  # the slopes afresh: updates have rounded
            slopes[k] = c[k]
            for j in range(b.size):
                slopes[k] -= G[k, j] * b[j]
        for j in range(b.size):
            worst = max(worst, _violation(j, l1, l2, b, slopes))
    return sweeps, worst
