r"""One transition of NUTS: a trajectory doubled until it turns, and a point of it drawn with multinomial weights.

Hoffman, Gelman (2014), JMLR 15; Betancourt (2017), A Conceptual Introduction to Hamiltonian Monte Carlo, appendix A: multinomial
sampling within a subtree, biased progressive sampling between them, and the generalised criterion
:math:`\rho^T M^{-1} p > 0` at both ends, with the two checks across the seam of the halves that Stan has made since 2.21.

A subtree of 2^k points is built from a stack of finished subtrees of sizes 2^0, 2^1, ...: whenever two have the same size they are
merged (a binary counter), in the order of the recursion, so it stops where the recursion would stop. A subtree is a row of `stack`:
first and last point, proposed point (rows of the pool) - and of `rho`, the sum of its momenta; `weight` is the sum of its weights,
each exp(log joint density minus that of the start). No point is copied: rows of the pool are lent out and given back (`used` counts the holders of a row).
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.hamiltonian.leapfrog import leapfrog, sum_of_squares
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import next_uint64, uniform

FIRST, LAST, PROPOSED = range(3)
LARGEST = 690.0  # of the log of a weight: 2^15 of them can be added up; met only far from where a chain settles
ENERGY_JUMP = 1000.0  # Stan's: a point this much less likely than the start ends the trajectory as divergent
_TOP = np.uint64(63)
_ZERO = np.uint64(0)


def slots(max_depth):
    """Rows of the pool that a transition can hold at once: three for each open subtree, the ends, the draw, and one to write."""
    return 3 * (max_depth + 2) + 4


@inlined
def _take(used):
    """A free row of the pool, held once."""
    for row in range(used.size):
        if used[row] == 0:
            used[row] = 1
            return row
    return -1


@inlined
def is_straight(rho, left, right, p, first, seam_left, seam_right, last):
    """Add row `right` of rho to row `left`; True when neither the whole nor either half with one point more has turned."""
    a = b = c = e = f = g = 0.0
    for i in range(rho.shape[1]):
        near, far = rho[left, i], rho[right, i]
        both = near + far
        rho[left, i] = both
        a += both * p[first, i]
        b += both * p[last, i]
        near += p[seam_right, i]
        far += p[seam_left, i]
        c += near * p[first, i]
        e += near * p[seam_right, i]
        f += far * p[seam_left, i]
        g += far * p[last, i]
    return a > 0.0 and b > 0.0 and c > 0.0 and e > 0.0 and f > 0.0 and g > 0.0


@inlined
def _merge(p, stack, rho, weight, used, level, random):
    """Merge the subtrees in rows level and level + 1 of the stack into row level; False when they have turned."""
    right = level + 1
    total = weight[level] + weight[right]
    if uniform(random) * total < weight[right]:
        used[stack[level, PROPOSED]] -= 1
        stack[level, PROPOSED] = stack[right, PROPOSED]
    else:
        used[stack[right, PROPOSED]] -= 1
    weight[level] = total
    seam_left, seam_right, last = stack[level, LAST], stack[right, FIRST], stack[right, LAST]
    straight = is_straight(rho, level, right, p, stack[level, FIRST], seam_left, seam_right, last)
    used[seam_left] -= 1
    used[seam_right] -= 1
    stack[level, LAST] = last
    return straight


@kernel
def grow(context, metric, step, pool, log_density, tree, start, depth, joint, random, scratch, tally):
    """Build a subtree of 2^depth points beyond row `start` of the pool, into row 0 of the stack.

    Parameters
    ----------
    step : float
        Negative to go back in time.
    joint : float
        Log joint density at the start of the transition.
    tally : (4,)
        Leapfrog steps, summed acceptance probabilities, divergence (0 or 1), row of a wrong point or -1; added to.

    Returns
    -------
    bool
        False when the subtree turned or diverged: nothing of it may be used.
    """
    stack, rho, weight, used = tree
    p, here, level = pool[1], start, 0
    for leaf in range(1 << depth):
        there = _take(used)
        gain = leapfrog(context, metric, step, pool, log_density, here, there, scratch) - joint
        tally[0] += 1.0
        if gain != gain:
            if not log_density[there] - joint < -ENERGY_JUMP:
                tally[3] = there
                return False
            gain = -math.inf  # divergent already, whatever the gradient is: far out that of a sound target may overflow
        worth = exp(min(gain, LARGEST))
        tally[1] += min(1.0, worth)
        if gain < -ENERGY_JUMP:
            tally[2] = 1.0
            return False
        used[there] += 2  # first, last and proposed point of the new subtree
        stack[level, FIRST], stack[level, LAST], stack[level, PROPOSED], weight[level] = there, there, there, worth
        for i in range(p.shape[1]):
            rho[level, i] = p[there, i]
        here, merges = there, leaf
        while merges & 1:
            level -= 1
            if not _merge(p, stack, rho, weight, used, level, random):
                return False
            merges >>= 1
        level += 1
    return True


@kernel
def nuts_transition(context, metric, step, pool, log_density, tree, max_depth, random, scratch, tally):
    """Draw the next point; its row of the pool is returned, and row 0 holds the present one, whose momentum is drawn already.

    Returns
    -------
    row : int
    depth : int
        Doublings made.
    joint : float
        Log joint density at the start.
    """
    stack, rho, weight, used = tree
    p, bottom = pool[1], rho.shape[0] - 1
    for row in range(used.size):
        used[row] = 0
    used[0] = 3  # both ends and the draw
    first = last = drawn = 0
    joint = log_density[0] - 0.5 * sum_of_squares(p[0])
    total, depth = 1.0, 0
    for i in range(p.shape[1]):
        rho[bottom, i] = p[0, i]
    tally[0], tally[1], tally[2], tally[3] = 0.0, 0.0, 0.0, -1.0
    while depth < max_depth:
        forward = next_uint64(random) >> _TOP != _ZERO
        seam = last if forward else first
        if not grow(context, metric, step if forward else -step, pool, log_density, tree, seam, depth, joint, random, scratch, tally):
            break
        depth += 1
        if uniform(random) * total < weight[0]:
            used[drawn] -= 1
            drawn = stack[0, PROPOSED]
        else:
            used[stack[0, PROPOSED]] -= 1
        total += weight[0]
        near, far, other = stack[0, FIRST], stack[0, LAST], first if forward else last
        straight = is_straight(rho, bottom, 0, p, other, seam, near, far)
        used[seam] -= 1
        used[near] -= 1
        if forward:
            last = far
        else:
            first = far
        if not straight:
            break
    return drawn, depth, joint
