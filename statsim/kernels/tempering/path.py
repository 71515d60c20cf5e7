r"""The geometric path from a reference to the target: :math:`\log p_\beta(y) = \beta \log p(y) + (1 - \beta) \log q(y)`.

Everything is in unconstrained y, log-Jacobians included. `path` is a tuple (context, kind, mean, inverse_factor, constant,
reference): the target; POWER (no q: the path is p^beta), NORMAL (q normal with `mean` and the inverse Cholesky factor of its
covariance; `constant` is its log normalising constant) or TARGET (q is called by address too, in `reference`, a context with the
transforms of the target). `parts` (2,) holds log p and log q at a point, so that no change of beta evaluates anything again.
"""

import math

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.targets.evaluate import value_at

POWER, NORMAL, TARGET = range(3)


@inlined
def mixed(beta, parts):
    """log p_beta of a point; at the ends of the path the other end does not count, infinite or not."""
    if beta == 1.0:
        return parts[0]
    if beta == 0.0:
        return parts[1]
    return beta * parts[0] + (1.0 - beta) * parts[1]


@kernel
def _log_normal(mean, P, constant, y, gradient):
    """log q of y, and its gradient where `gradient` is not empty."""
    value = constant
    for j in range(gradient.size):
        gradient[j] = 0.0
    for i in range(y.size):
        z = 0.0
        for j in range(i + 1):
            z += P[i, j] * (y[j] - mean[j])
        value -= 0.5 * z * z
        for j in range(min(i + 1, gradient.size)):
            gradient[j] -= P[i, j] * z
    return value if value == value else -math.inf  # y ran over


@kernel
def path_value(path, y, parts, none):
    """Fill `parts`; `none` is an empty array."""
    context, kind, mean, P, constant, reference = path
    parts[0] = value_at(context, y, none, False)
    if kind == NORMAL:
        parts[1] = _log_normal(mean, P, constant, y, none)
    elif kind == TARGET:
        parts[1] = value_at(reference, y, none, False)
    else:
        parts[1] = 0.0


@kernel
def path_gradient(path, y, parts, slopes):
    """Fill `parts` and the gradients of both, slopes (2, d)."""
    context, kind, mean, P, constant, reference = path
    parts[0] = value_at(context, y, slopes[0], True)
    if kind == NORMAL:
        parts[1] = _log_normal(mean, P, constant, y, slopes[1])
    elif kind == TARGET:
        parts[1] = value_at(reference, y, slopes[1], True)
    else:
        parts[1] = 0.0
        slopes[1, :] = 0.0


@kernel
def evaluate_rows(path, positions, parts, slopes):
    """Fill parts (n, 2), and slopes (n, 2, d) where they are not empty, at each row of positions (n, d).

    Returns
    -------
    int
        The first row where target or reference is wrong, or -1.
    """
    for i in range(positions.shape[0]):
        if slopes.shape[2] > 0:
            path_gradient(path, positions[i], parts[i], slopes[i])
        else:
            path_value(path, positions[i], parts[i], slopes[i, 0])
        if parts[i, 0] != parts[i, 0] or parts[i, 1] != parts[i, 1]:
            return i
    return -1
