r"""A stretch of an adaptive random walk: y' = y + s L z, z standard normal.

Metropolis et al. (1953), J. Chem. Phys. 21. The log of s follows the acceptance by Robbins and Monro's rule at each step (Andrieu,
Thoms 2008, Stat. Comput. 18, algorithm 4), L the covariance of the draws (`statsim.kernels.metropolis.covariance`) after each draw.
"""

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.hamiltonian.metric import move
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.metropolis.accept import DONE, WRONG, acceptance
from statsim.kernels.metropolis.covariance import EVERY, OFTEN, add_draw, refresh
from statsim.kernels.streams import uniform
from statsim.kernels.targets.evaluate import evaluate_value, record
from statsim.kernels.variates.normal import standard_normal

LOG_DENSITY, LOG_SCALE, STEPS, DRAWS = range(4)
RATE = 0.6  # the gain of step k is k^-RATE: it diminishes, and its sum does not end


@inlined
def adapt_log_scale(log_scale, k, accepted, target_accept):
    """One step of Robbins and Monro on the log of a scale, k from 1."""
    return log_scale + exp(-RATE * log(k)) * (accepted - target_accept)


@kernel
def walk(context, metric, random, point, numbers, target_accept, steps, work):
    """`steps` steps; returns the summed acceptance probability, or -1 where the target is wrong at work[0]."""
    proposal, z, scratch = work
    present, y, summed, scale = (numbers[LOG_DENSITY], point[0], 0.0, exp(numbers[LOG_SCALE]))
    for _ in range(steps):
        for i in range(z.size):
            z[i] = standard_normal(random)
        move(metric, scale, z, y, scratch, proposal)
        value = evaluate_value(context, proposal)
        if value != value:
            return -1.0
        accepted = acceptance(value - present)
        summed += accepted
        if uniform(random) < accepted:
            present = value
            for i in range(z.size):
                y[i] = proposal[i]
        if target_accept > 0.0:
            numbers[STEPS] += 1.0
            numbers[LOG_SCALE] = adapt_log_scale(numbers[LOG_SCALE], numbers[STEPS], accepted, target_accept)
            scale = exp(numbers[LOG_SCALE])
    numbers[LOG_DENSITY] = present
    return summed


@kernel
def advance_random_walk(context, metric, random, point, numbers, mean, moments, target_accept, learn, steps, work, values, stats):
    """Make `len(values)` draws of `steps` steps each.

    Parameters
    ----------
    context : see `statsim.kernels.targets.evaluate`
    metric : see `statsim.kernels.hamiltonian.metric`; replaced where `learn`
    random : (4,) uint64
    point : (1, d)
        Present y; replaced.
    numbers : (4,)
        Log density at the point, log of the scale, steps and draws learned from; replaced.
    mean : (d,), moments : (1, d, d) or (1, 1, d) for a diagonal metric
        See `statsim.kernels.metropolis.covariance`.
    target_accept : float
        The scale adapts to it; 0 leaves the scale alone.
    learn : bool
        Whether the metric adapts.
    work : ((d,), (d,), (d,)), (1, d, d), (1, d, d)
    values : (n, dim), stats : (n, 4)
        Filled; statistics are log density, mean acceptance, scale and evaluations.

    Returns
    -------
    status : int
        1 when the target is wrong at the point that now stands in `point[0]`.
    done : int
    """
    vectors, shrunk, lower = work
    for n in range(values.shape[0]):
        summed = walk(context, metric, random, point, numbers, target_accept, steps, vectors)
        if summed < 0.0:
            point[0] = vectors[0]
            return WRONG, n
        if learn:
            numbers[DRAWS] += 1.0
            add_draw(metric, numbers[DRAWS], point[0], mean, moments)
            if numbers[DRAWS] < OFTEN or numbers[DRAWS] % EVERY == 0.0:
                refresh(metric, numbers[DRAWS], moments, 1.0, shrunk, lower)
        jacobian = record(context, point[0], values[n])
        stats[n, 0] = numbers[LOG_DENSITY] - jacobian
        stats[n, 1] = summed / steps
        stats[n, 2] = exp(numbers[LOG_SCALE])
        stats[n, 3] = steps
    return DONE, values.shape[0]
