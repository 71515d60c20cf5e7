r"""Parallel tempering: a stretch of a ladder of replicas.

Geyer (1991); the swaps are deterministic even-odd, which makes the walk along the ladder non-reversible: Syed, Bouchard-Côté, Deligiannidis, Doucet
(2022), Non-reversible parallel tempering, JRSS B 84. Rung 0 is the hottest; the last has beta 1 and is the one recorded. Replicas stay where
they are in memory: `at` says which replica stands on each rung. A swap of rungs i and i + 1 is accepted with probability
:math:`\min(1, e^{(\beta_i - \beta_{i+1})(V_{i+1} - V_i)})`, :math:`V = \log p - \log q`.
"""

import math

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log, log1p
from statsim.kernels.hamiltonian.leapfrog import sum_of_squares
from statsim.kernels.hamiltonian.moments import add_to_moments
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform
from statsim.kernels.targets.evaluate import record
from statsim.kernels.tempering.moves import random_leaps, trajectory, walk
from statsim.kernels.tempering.path import NORMAL, POWER, path_gradient, path_value
from statsim.kernels.variates.normal import standard_normal

LOG_DENSITY, ACCEPTANCE, STEP, SWAP, TRIPS, EVIDENCE, COLD = range(7)
N_STATS = 7
_FROM_COLD, _FROM_HOT = 1, 2


@kernel
def swap_rungs(parity, betas, at, parts, rejected, random):
    """Try the pairs (parity, parity + 1), (parity + 2, ...), ...; mean acceptance probability. `rejected` (rungs - 1, 2) counts."""
    total, tried = 0.0, 0
    for i in range(parity, betas.size - 1, 2):
        hot, cold = at[i], at[i + 1]
        gap = (parts[cold, 0] - parts[cold, 1]) - (parts[hot, 0] - parts[hot, 1])
        accepted = exp(min((betas[i] - betas[i + 1]) * gap, 0.0))
        rejected[i, 0] += 1.0 - accepted
        rejected[i, 1] += 1.0
        total += accepted
        tried += 1
        if uniform(random) < accepted:
            at[i], at[i + 1] = cold, hot
    return total / max(tried, 1)


@inlined
def _count_trips(at, came_from):
    """1 where the replica that now stands on the cold rung has been hot since it last was cold."""
    if came_from[at[0]] == _FROM_COLD:
        came_from[at[0]] = _FROM_HOT
    cold = at[at.size - 1]
    done = 1.0 if came_from[cold] == _FROM_HOT else 0.0
    came_from[cold] = _FROM_COLD
    return done


@kernel
def _draw_reference(path, factor, random, y, parts, slopes, work):
    """Replace y by an independent draw of the normal reference; False where the target is wrong there."""
    mean = path[2]
    rows, _, _, none = work
    z = rows[1]
    for i in range(z.size):
        z[i] = standard_normal(random)
    for i in range(z.size):
        y[i] = mean[i]
        for j in range(i + 1):
            y[i] += factor[i, j] * z[j]
    if slopes.shape[1] > 0:
        path_gradient(path, y, parts, slopes)
    else:
        path_value(path, y, parts, none)
    return parts[0] == parts[0]


@inlined
def _log_add_exp(a, b):
    """log(e^a + e^b); minus infinity is the log of nothing."""
    top, low = (a, b) if a > b else (b, a)
    return top if low == -math.inf else top + log1p(exp(low - top))


@inlined
def _add_stones(betas, at, parts, stones):
    """Stepping stones: log of the summed exp((beta_{i+1} - beta_i) V) of each rung but the cold one; stones[rungs - 1] counts."""
    last = betas.size - 1
    stones[last] += 1.0
    for i in range(last):
        replica = at[i]
        value = (betas[i + 1] - betas[i]) * (parts[replica, 0] - parts[replica, 1])
        stones[i] = _log_add_exp(stones[i], value) if stones[last] > 1.0 else value


@inlined
def _log_evidence(stones):
    last = stones.size - 1
    total = -last * log(stones[last])
    for i in range(last):
        total += stones[i]
    return total


@kernel
def _move_rung(path, beta, metric, steps, r, settings, random, y, parts, slopes, work):
    """The local moves of rung r; mean acceptance, NaN where the target is wrong."""
    moves, length, most = settings
    total = 0.0
    for _ in range(moves):
        if slopes.shape[1] > 0:
            leaps = random_leaps(random, steps[r], length, most)
            accepted = trajectory(path, beta, metric, steps[r], leaps, random, y, parts, slopes, work)
        else:
            accepted = walk(path, beta, metric, steps[r], random, y, parts, work)
        if accepted != accepted:
            return math.nan
        total += accepted
    return total / moves


@kernel
def advance_ladder(path, settings, target_accept, random, ladder, replicas, scales, moments, numbers, work, values, stats):
    """Run `len(values)` iterations: local moves on every rung, then swaps of every other pair.

    Parameters
    ----------
    path : see `statsim.kernels.tempering.path`
    settings : (moves, length, most)
        Local moves an iteration; trajectories' length in round coordinates and most steps.
    target_accept : float
        What the steps adapt to; 0 leaves them alone, and then stepping stones are added up instead.
    random : (4,) uint64
    ladder : betas (r,), at (r,) int64, came_from (r,) int64, rejected (r - 1, 2), stones (r,), reference factor (d, d)
    replicas : positions (r, d), parts (r, 2), slopes (r, 2, d or 0)
    scales : kind, scale (r, d), factor (r, d, d or 0), steps (r,)
    moments : (r, 4, d)
        Means and squares of draws and gradients, by rung; (r, 4, 0) where nothing is learned.
    numbers : (3,)
        Iterations so far, round trips, draws in `moments`.
    values : (n, dim), stats : (n, 7)

    Returns
    -------
    status, done : int
        As `advance_nuts`; the wrong point stands in `positions[0]`.
    """
    betas, at, came_from, rejected, stones, reference_factor = ladder
    positions, parts, slopes = replicas
    kind, scale, factor, steps = scales
    rungs = betas.size
    for n in range(values.shape[0]):
        numbers[0] += 1.0
        if moments.shape[2] > 0:
            numbers[2] += 1.0
        accepted = 0.0
        for r in range(rungs):
            k = at[r]
            if r == 0 and path[1] == NORMAL:
                if not _draw_reference(path, reference_factor, random, positions[k], parts[k], slopes[k], work):
                    positions[0] = positions[k]
                    return 1, n
            else:
                metric = (kind, scale[r], factor[r])
                accepted = _move_rung(path, betas[r], metric, steps, r, settings, random, positions[k], parts[k], slopes[k], work)
                if accepted != accepted:
                    positions[0] = work[0][0]
                    return 1, n
                if target_accept > 0.0:
                    steps[r] *= exp((accepted - target_accept) / math.sqrt(numbers[0]))
            if moments.shape[2] > 0:
                add_to_moments(moments[r], numbers[2], positions[k], work[0][3] if slopes.shape[2] == 0 else _gradient(betas[r], slopes[k], work[0][3]))
        swapped = swap_rungs(int(numbers[0]) & 1, betas, at, parts, rejected, random)
        numbers[1] += _count_trips(at, came_from)
        if target_accept == 0.0:
            _add_stones(betas, at, parts, stones)
        cold = at[rungs - 1]
        jacobian = record(path[0], positions[cold], values[n])
        stats[n, LOG_DENSITY], stats[n, ACCEPTANCE], stats[n, STEP] = parts[cold, 0] - jacobian, accepted, steps[rungs - 1]
        stats[n, SWAP], stats[n, TRIPS], stats[n, COLD] = swapped, numbers[1], cold
        stats[n, EVIDENCE] = _log_evidence(stones) if target_accept == 0.0 and path[1] != POWER else math.nan
    return 0, values.shape[0]


@inlined
def _gradient(beta, slopes, out):
    """The gradient of the path written into `out`."""
    for i in range(out.size):
        out[i] = slopes[0, i] if beta == 1.0 else slopes[1, i] if beta == 0.0 else beta * slopes[0, i] + (1.0 - beta) * slopes[1, i]
    return out
