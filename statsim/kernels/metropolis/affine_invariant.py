r"""A stretch of an affine-invariant ensemble: stretch moves of one half of the walkers, then of the other.

Goodman, Weare (2010), Commun. Appl. Math. Comput. Sci. 5; in halves as Foreman-Mackey et al. (2013), PASP 125. Walker k moves along the
line through a walker j of the other half, :math:`y' = y_j + z (y_k - y_j)`, z from :math:`g(z) \propto 1 / \sqrt z` on [1 / a, a], and is taken with
probability :math:`\min(1, z^{d - 1} p(y') / p(y_k))`.
"""

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import kernel
from statsim.kernels.metropolis.accept import DONE, WRONG, acceptance
from statsim.kernels.streams import uniform
from statsim.kernels.targets.evaluate import evaluate_value, record


@kernel
def stretch_half(context, random, point, log_densities, begin, end, a, proposal, accepted):
    """Move walkers begin to end once, along lines through the others; False where the target is wrong, at `proposal`."""
    walkers, d = point.shape
    others = walkers - (end - begin)
    for k in range(begin, end):
        j = int(uniform(random) * others)
        if begin == 0:
            j += end
        root = 1.0 + (a - 1.0) * uniform(random)
        z = root * root / a
        for i in range(d):
            proposal[i] = point[j, i] + z * (point[k, i] - point[j, i])
        value = evaluate_value(context, proposal)
        if value != value:
            return False
        probability = acceptance((d - 1) * log(z) + value - log_densities[k])
        accepted[k] += probability
        if uniform(random) < probability:
            log_densities[k] = value
            for i in range(d):
                point[k, i] = proposal[i]
    return True


@kernel
def advance_ensemble(context, random, point, log_densities, a, steps, proposal, accepted, values, stats):
    """Make n draws of every walker, `steps` moves of each between them.

    Parameters
    ----------
    context : see `statsim.kernels.targets.evaluate`
    random : (4,) uint64
    point : (walkers, d), log_densities : (walkers,)
        Where the walkers are; replaced.
    a : float
        Longest stretch, above 1.
    proposal : (d,), accepted : (walkers,)
        Scratch.
    values : (walkers, n, dim), stats : (walkers, n, 3)
        Filled; statistics are log density, mean acceptance and evaluations of the walker.

    Returns
    -------
    status : int
        1 when the target is wrong at the point that now stands in `point[0]`.
    done : int
    """
    walkers = point.shape[0]
    half = walkers // 2
    for n in range(values.shape[1]):
        accepted[:] = 0.0
        for _ in range(steps):
            if not (
                stretch_half(context, random, point, log_densities, 0, half, a, proposal, accepted)
                and stretch_half(context, random, point, log_densities, half, walkers, a, proposal, accepted)
            ):
                point[0] = proposal
                return WRONG, n
        for k in range(walkers):
            jacobian = record(context, point[k], values[k, n])
            stats[k, n, 0] = log_densities[k] - jacobian
            stats[k, n, 1], stats[k, n, 2] = accepted[k] / steps, steps
    return DONE, values.shape[1]
