r"""The leapfrog integrator: reversible, volume-preserving, with an energy error of second order in the step.

Neal (2011), MCMC using Hamiltonian dynamics, Handbook of MCMC, section 5.2.3. Phase points live in the rows of a pool
(y, p, gradient, h), each (slots, d), with their log densities (slots,); a step reads one row and writes another, so nothing is copied.
"""

import math

from statsim.kernels.hamiltonian.metric import move, whiten_gradient
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.target.evaluate import evaluate


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
    momentum, push = p[end], h[start]
    for i in range(momentum.size):
        momentum[i] = p[start, i] + half * push[i]
    move(metric, step, momentum, y[start], scratch, y[end])
    value = evaluate(context, y[end], gradient[end])
    log_density[end] = value
    push = h[end]
    whiten_gradient(metric, gradient[end], push)
    for i in range(momentum.size):
        momentum[i] += half * push[i]
    joint = value - 0.5 * sum_of_squares(momentum)
    if joint == joint or not abs(value) < math.inf:
        return joint if joint == joint or value != value else -math.inf
    return _judge_gradient(gradient[end])


@kernel
def _judge_gradient(gradient):
    """NaN when the gradient has a NaN of its own; minus infinity when only the momentum ran over."""
    for i in range(gradient.size):
        if gradient[i] != gradient[i]:
            return math.nan
    return -math.inf
