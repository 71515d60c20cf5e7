r"""The leapfrog integrator: reversible, volume-preserving, with an energy error of second order in the step.

Neal (2011), MCMC using Hamiltonian dynamics, Handbook of MCMC, section 5.2.3. Phase points live in the rows of a pool
(y, p, gradient, h), each (slots, d), with their log densities (slots,); a step reads one row and writes another, so nothing is copied.
"""

import math

from statsim.kernels.hamiltonian.metric import DIAGONAL, move, whiten_gradient
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.targets.evaluate import evaluate_row


@inlined
def sum_of_squares(p):
    """|p|^2, in four partial sums."""
    s0 = s1 = s2 = s3 = 0.0
    i = 0
    while i + 3 < p.size:
        s0 += p[i] * p[i]
        s1 += p[i + 1] * p[i + 1]
        s2 += p[i + 2] * p[i + 2]
        s3 += p[i + 3] * p[i + 3]
        i += 4
    while i < p.size:
        s0 += p[i] * p[i]
        i += 1
    return (s0 + s1) + (s2 + s3)


@kernel
def leapfrog(context, metric, step, pool, log_density, start, end, scratch):
    """One step from row `start` to row `end`; returns the log joint density log p(y) - |p|^2 / 2 there.

    Returns
    -------
    float
        NaN where the target is wrong: its value is NaN, or its gradient is while the value is finite. Minus infinity outside
        the support, and where the step ran over.
    """
    y, p, gradient, h = pool
    half = 0.5 * step
    if metric[0] == DIAGONAL:
        _half_step_and_move(metric[1], half, step, y, p, h, start, end)
    else:
        for i in range(p.shape[1]):
            p[end, i] = p[start, i] + half * h[start, i]
        move(metric, step, p[end], y[start], scratch, y[end])
    value = evaluate_row(context, y, gradient, end)
    log_density[end] = value
    if metric[0] == DIAGONAL:
        squares = _half_step(metric[1], half, p, gradient, h, end)
    else:
        whiten_gradient(metric, gradient[end], h[end])
        for i in range(p.shape[1]):
            p[end, i] += half * h[end, i]
        squares = sum_of_squares(p[end])
    joint = value - 0.5 * squares
    if joint == joint or not abs(value) < math.inf:
        return joint if joint == joint or value != value else -math.inf
    return _judge_gradient(gradient[end])


@inlined
def _half_step_and_move(scale, half, step, y, p, h, start, end):
    """Half a step of p and a whole one of y, under a diagonal metric, in one pass."""
    for i in range(scale.size):
        z = p[start, i] + half * h[start, i]
        p[end, i] = z
        y[end, i] = y[start, i] + step * (scale[i] * z)


@inlined
def _half_step(scale, half, p, gradient, h, row):
    """The second half step of p under a diagonal metric; returns |p|^2, in four partial sums."""
    d = scale.size
    s0 = s1 = s2 = s3 = 0.0
    i = 0
    while i + 3 < d:
        z0 = _push(scale, half, p, gradient, h, row, i)
        z1 = _push(scale, half, p, gradient, h, row, i + 1)
        z2 = _push(scale, half, p, gradient, h, row, i + 2)
        z3 = _push(scale, half, p, gradient, h, row, i + 3)
        s0 += z0 * z0
        s1 += z1 * z1
        s2 += z2 * z2
        s3 += z3 * z3
        i += 4
    while i < d:
        z0 = _push(scale, half, p, gradient, h, row, i)
        s0 += z0 * z0
        i += 1
    return (s0 + s1) + (s2 + s3)


@inlined
def _push(scale, half, p, gradient, h, row, i):
    """One coordinate of the half step; returns its momentum."""
    push = scale[i] * gradient[row, i]
    h[row, i] = push
    z = p[row, i] + half * push
    p[row, i] = z
    return z


@kernel
def _judge_gradient(gradient):
    """NaN when the gradient has a NaN of its own; minus infinity when only the momentum ran over."""
    for i in range(gradient.size):
        if gradient[i] != gradient[i]:
            return math.nan
    return -math.inf
