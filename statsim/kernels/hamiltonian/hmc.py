r"""A stretch of a Hamiltonian chain with trajectories of a length drawn beforehand; one step of it is the Langevin proposal.

Duane, Kennedy, Pendleton, Roweth (1987), Phys. Lett. B 195; Neal (2011), Handbook of MCMC, chapter 5. With one leapfrog step the proposal
is :math:`y + \epsilon^2 / 2 \; L L^T \nabla \log p + \epsilon L z` and the change of the joint density is the Hastings ratio of
MALA (Roberts, Tweedie 1996, Bernoulli 2). A trajectory that meets density zero is refused whole, so that its reverse is too.
"""

import math

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.hamiltonian.leapfrog import leapfrog, sum_of_squares
from statsim.kernels.hamiltonian.metric import whiten_gradient
from statsim.kernels.hamiltonian.moments import add_to_moments
from statsim.kernels.hamiltonian.nuts_tree import ENERGY_JUMP
from statsim.kernels.hamiltonian.step_size import update_dual
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform
from statsim.kernels.targets.evaluate import record
from statsim.kernels.variates.normal import standard_normal

LOG_DENSITY, EXCESS, ACCEPTANCE, STEP, GRADIENTS, DIVERGING = range(6)
DONE, WRONG = 0, 1


@inlined
def draw_n_steps(length, jitter, step, most, random):
    """Leapfrog steps of the next trajectory: a multiple of its length, uniform on 1 - jitter to 1 + jitter; `step` 0 counts steps."""
    factor = 1.0 - jitter + 2.0 * jitter * uniform(random) if jitter > 0.0 else 1.0
    wanted = length * factor if step == 0.0 else length * factor / step
    return int(max(1.0, min(float(most), math.floor(wanted + 0.5))))


@kernel
def hmc_transition(context, metric, step, n_steps, pool, log_density, random, scratch, tally):
    """One trajectory from row 0 of the pool, whose momentum is drawn here; the row of the next point, 0 or another.

    Returns
    -------
    row : int
    joint : float
        Log joint density at the start. `tally` (4,) holds steps, acceptance probability, divergence, row of a wrong point or -1.
    """
    p = pool[1]
    for i in range(p.shape[1]):
        p[0, i] = standard_normal(random)
    joint = log_density[0] - 0.5 * sum_of_squares(p[0])
    tally[0], tally[1], tally[2], tally[3] = 0.0, 0.0, 0.0, -1.0
    here, gain = 0, 0.0
    for _ in range(n_steps):
        there = 2 if here == 1 else 1
        gain = leapfrog(context, metric, step, pool, log_density, here, there, scratch) - joint
        tally[0] += 1.0
        if gain != gain:
            tally[3] = there
            return 0, joint
        if gain < -ENERGY_JUMP:
            tally[2] = 1.0
        here = there
        if gain == -math.inf:
            break
    tally[1] = exp(gain) if gain < 0.0 else 1.0
    return here if uniform(random) < tally[1] else 0, joint


@inlined
def collect(moments, history, numbers, y, gradient):
    """Add a draw and its gradient to what the metric is learned from."""
    if moments.shape[1] > 0:
        numbers[2] += 1.0
        add_to_moments(moments, numbers[2], y, gradient)
    elif history.shape[0] > 0:
        place = int(numbers[2])
        history[place, 0], history[place, 1] = y, gradient
        numbers[2] += 1.0


@kernel
def advance_hmc(context, metric, random, point, numbers, dual, moments, history, path, repeats, target_accept, work, values, stats):
    """Make `len(values)` draws of `repeats` trajectories each.

    Parameters
    ----------
    context, metric, random, point, numbers, dual, moments, history, target_accept, work
        As in `statsim.kernels.hamiltonian.nuts.advance_nuts`.
    path : (length, jitter, most, in_steps)
        Length of a trajectory, in units of time or, where `in_steps`, of steps; its relative jitter; most steps.
    values : (n, dim), stats : (n, 6)
        Filled.

    Returns
    -------
    status : int
        1 when the target is wrong at the point that now stands in `point[0]`.
    done : int
    """
    pool, log_density, _, scratch, tally = work
    y, _, gradient, h = pool
    length, jitter, most, in_steps = path
    y[0], gradient[0], log_density[0] = point[0], point[1], numbers[1]
    whiten_gradient(metric, gradient[0], h[0])
    for n in range(values.shape[0]):
        accepted, gradients, diverging, joint = 0.0, 0.0, 0.0, 0.0
        step = numbers[0]
        for _ in range(repeats):
            n_steps = draw_n_steps(length, jitter, 0.0 if in_steps else numbers[0], most, random)
            drawn, joint = hmc_transition(context, metric, numbers[0], n_steps, pool, log_density, random, scratch, tally)
            if tally[3] >= 0.0:
                point[0] = y[int(tally[3])]
                return WRONG, n
            if drawn != 0:
                y[0], gradient[0], h[0], log_density[0] = y[drawn], gradient[drawn], h[drawn], log_density[drawn]
            gradients += tally[0]
            accepted += tally[1]
            diverging = max(diverging, tally[2])
            if target_accept > 0.0:
                numbers[0] = update_dual(dual, tally[1], target_accept)
        collect(moments, history, numbers, y[0], gradient[0])
        jacobian = record(context, y[0], values[n])
        stats[n, LOG_DENSITY] = log_density[0] - jacobian
        stats[n, EXCESS] = stats[n, LOG_DENSITY] - joint
        stats[n, ACCEPTANCE], stats[n, STEP] = accepted / repeats, step
        stats[n, GRADIENTS], stats[n, DIVERGING] = gradients, diverging
    point[0], point[1], numbers[1] = y[0], gradient[0], log_density[0]
    return DONE, values.shape[0]
