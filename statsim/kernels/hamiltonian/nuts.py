"""A stretch of a NUTS chain: transitions, adaptation of the step, and what the metric is learned from."""

import numpy as np

from statsim.kernels.hamiltonian.metric import whiten_gradient
from statsim.kernels.hamiltonian.moments import add_to_moments
from statsim.kernels.hamiltonian.nuts_tree import nuts_transition, slots
from statsim.kernels.hamiltonian.step_size import first_step, update_dual
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.targets.evaluate import record
from statsim.kernels.variates.normal import standard_normal

LOG_DENSITY, EXCESS, ACCEPTANCE, STEP, DEPTH, GRADIENTS, DIVERGING = range(7)
N_STATS = 7
DONE, WRONG = 0, 1


def work_space(d, max_depth):
    """Working memory of a chain: pool and log densities of its rows, stack of subtrees, scratch, tally."""
    n = slots(max_depth)
    pool = np.zeros((n, d)), np.zeros((n, d)), np.zeros((n, d)), np.zeros((n, d))
    tree = (
        np.zeros((max_depth + 2, 3), np.int64),
        np.zeros((max_depth + 2, d)),
        np.zeros(max_depth + 2),
        np.zeros(n, np.int64),
    )
    return pool, np.zeros(n), tree, np.zeros(d), np.zeros(4)


@inlined
def _load(point, y, gradient):
    """Set the present point into row 0 of the pool; loops, because whole-row assignments take seconds to compile."""
    for i in range(y.shape[1]):
        y[0, i], gradient[0, i] = point[0, i], point[1, i]


@kernel
def advance_nuts(context, metric, random, point, numbers, dual, moments, history, max_depth, target_accept, work, values, stats):
    """Run `len(values)` transitions.

    Parameters
    ----------
    context : see `statsim.kernels.targets.evaluate`
    metric : see `statsim.kernels.hamiltonian.metric`
    random : (4,) uint64
    point : (2, d)
        Present y and its gradient; replaced.
    numbers : (3,)
        Step size, log density at the point, draws in `moments` or `history`; replaced.
    dual : (5,)
        State of dual averaging.
    moments : (4, d), or (4, 0) for none
    history : (m, 2, d), or (0, 2, d) for none
        Draws and gradients of the present window.
    target_accept : float
        The step size adapts to it; 0 leaves the step alone.
    work : from `work_space`
    values : (n, dim), stats : (n, 7)
        Filled: what the user sees, and the statistics of each transition.

    Returns
    -------
    status : int
        0, or 1 when the target is wrong at the point that now stands in `point[0]`.
    done : int
        Transitions made.
    """
    pool, log_density, tree, scratch, tally = work
    y, p, gradient, h = pool
    d = y.shape[1]
    _load(point, y, gradient)
    log_density[0] = numbers[1]
    whiten_gradient(metric, gradient[0], h[0])
    for n in range(values.shape[0]):
        for i in range(d):
            p[0, i] = standard_normal(random)
        step = numbers[0]
        drawn, depth, joint = nuts_transition(context, metric, step, pool, log_density, tree, max_depth, random, scratch, tally)
        if tally[3] >= 0.0:
            for i in range(d):
                point[0, i] = y[int(tally[3]), i]
            return WRONG, n
        if drawn != 0:
            log_density[0] = log_density[drawn]
            for i in range(d):
                y[0, i], gradient[0, i], h[0, i] = y[drawn, i], gradient[drawn, i], h[drawn, i]
        accepted = tally[1] / tally[0]
        if target_accept > 0.0:
            numbers[0] = update_dual(dual, accepted, target_accept)
        if moments.shape[1] > 0:
            numbers[2] += 1.0
            add_to_moments(moments, numbers[2], y[0], gradient[0])
        elif history.shape[0] > 0:
            place = int(numbers[2])
            for i in range(d):
                history[place, 0, i], history[place, 1, i] = y[0, i], gradient[0, i]
            numbers[2] += 1.0
        jacobian = record(context, y[0], values[n])
        stats[n, LOG_DENSITY] = log_density[0] - jacobian
        stats[n, EXCESS] = stats[n, LOG_DENSITY] - joint  # energy plus log density: small, so it can be kept in single precision
        stats[n, ACCEPTANCE], stats[n, STEP], stats[n, DEPTH] = accepted, step, depth
        stats[n, GRADIENTS], stats[n, DIVERGING] = tally[0], tally[2]
    for i in range(d):
        point[0, i], point[1, i] = y[0, i], gradient[0, i]
    numbers[1] = log_density[0]
    return DONE, values.shape[0]


@kernel
def search_step(context, metric, random, point, numbers, target_accept, work):
    """Replace the step size in `numbers` by one that suits the metric at the present point."""
    pool, log_density, _, scratch, _ = work
    y, p, gradient, h = pool
    _load(point, y, gradient)
    log_density[0] = numbers[1]
    whiten_gradient(metric, gradient[0], h[0])
    numbers[0] = first_step(context, metric, pool, log_density, random, numbers[0], target_accept, scratch)
