r"""Step size by dual averaging, and a first guess by doubling.

Hoffman, Gelman (2014), The No-U-Turn Sampler, JMLR 15, section 3.2 and Algorithm 4 (gamma 0.05, t0 10, kappa 0.75), from Nesterov
(2009). `dual` is (mu, count, mean error, log of the averaged step, steps in the average). The average can begin anew while the search
goes on: late in warm-up the search moves little, and little noise in the step is what brings the acceptance to its target. The
squares of the steps are averaged, because one minus the acceptance goes as the square: the average of the logs accepts too often.
"""

import math

from statsim.kernels.elementary.exponential import exp, expm1
from statsim.kernels.elementary.logarithm import log, log1p
from statsim.kernels.hamiltonian.leapfrog import leapfrog, sum_of_squares
from statsim.kernels.jit import kernel
from statsim.kernels.variates.normal import standard_normal

GAMMA, T0, KAPPA = 0.05, 10.0, 0.75


@kernel
def restart_dual(dual, step):
    """Forget the past and shrink towards ten times `step`."""
    dual[0], dual[1], dual[2], dual[3], dual[4] = log(10.0 * step), 0.0, 0.0, log(step), 0.0


@kernel
def restart_average(dual):
    """Begin the average anew: what comes next counts, and the search goes on where it is."""
    dual[4] = 0.0


@kernel
def update_dual(dual, accepted, target_accept):
    """Learn from one acceptance probability; returns the step to use next."""
    dual[1] += 1.0
    eta = 1.0 / (dual[1] + T0)
    dual[2] = (1.0 - eta) * dual[2] + eta * (target_accept - accepted)
    log_step = dual[0] - math.sqrt(dual[1]) / GAMMA * dual[2]
    dual[4] += 1.0
    weight = exp(-KAPPA * log(dual[4]))
    if weight < 1.0:
        dual[3] += 0.5 * log1p(weight * expm1(2.0 * (log_step - dual[3])))
    else:
        dual[3] = log_step
    return exp(log_step)


@kernel
def first_step(context, metric, pool, log_density, random, step, target_accept, scratch):
    """A step whose acceptance crosses `target_accept`, by doubling or halving from `step`; row 0 of the pool is the start.

    A target that is wrong where a far too long step lands counts as outside its support here; 60 halvings at most.
    """
    y, p, gradient, h = pool
    direction, threshold = 0, log(target_accept)
    for _ in range(120):
        for i in range(p.shape[1]):
            p[0, i] = standard_normal(random)
        before = log_density[0] - 0.5 * sum_of_squares(p[0])
        gain = leapfrog(context, metric, step, pool, log_density, 0, 1, scratch) - before
        accepted = gain > threshold  # NaN counts as not accepted
        if direction == 0:
            direction = 1 if accepted else -1
        elif accepted != (direction == 1):
            return step
        if step > 1e7 or step < 1e-15:
            return step
        step = step * 2.0 if direction == 1 else step * 0.5
    return step
