r"""Moves that leave one density of the path unchanged: a random walk, and Hamiltonian trajectories of random length.

Metropolis et al. (1953); Neal (2011), MCMC using Hamiltonian dynamics, Handbook of MCMC. `metric` is that of
`statsim.kernels.hamiltonian.metric`: a step of the walk is L z, and the leapfrog moves in coordinates that L makes round. Both return
the acceptance probability, or NaN where target or reference is wrong at the point that then stands in `rows[0]`.
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.hamiltonian.leapfrog import sum_of_squares
from statsim.kernels.hamiltonian.metric import move, whiten_gradient
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform
from statsim.kernels.tempering.path import mixed, path_gradient, path_value
from statsim.kernels.variates.normal import standard_normal


def move_work(d):
    """Working memory of one thread: rows of length d, values and gradients of a trial point, an empty array."""
    return np.zeros((5, d)), np.zeros(2), np.zeros((2, d)), np.zeros(0)


@kernel
def walk(path, beta, metric, step, random, y, parts, work):
    """One step of the random walk from y, replaced with `parts` where it is accepted."""
    rows, trial, _, none = work
    proposed, z = rows[0], rows[1]
    for i in range(z.size):
        z[i] = standard_normal(random)
    move(metric, step, z, y, rows[2], proposed)
    path_value(path, proposed, trial, none)
    if trial[0] != trial[0] or trial[1] != trial[1]:
        return math.nan
    accepted = exp(min(mixed(beta, trial) - mixed(beta, parts), 0.0))
    if uniform(random) < accepted:
        y[:] = proposed
        parts[:] = trial
    return accepted


@kernel
def _push(beta, metric, slopes, g, h):
    """h = L^T times the gradient of the path; False where that is NaN."""
    clean = True
    for i in range(g.size):
        g[i] = slopes[0, i] if beta == 1.0 else slopes[1, i] if beta == 0.0 else beta * slopes[0, i] + (1.0 - beta) * slopes[1, i]
        clean = clean and g[i] == g[i]
    whiten_gradient(metric, g, h)
    return clean


@kernel
def trajectory(path, beta, metric, step, leaps, random, y, parts, slopes, work):
    """A trajectory of `leaps` leapfrog steps from y, replaced with `parts` and `slopes` where its end is accepted."""
    rows, trial, ahead, _ = work
    q, p, h, g, spare = rows[0], rows[1], rows[2], rows[3], rows[4]
    _push(beta, metric, slopes, g, h)
    for i in range(p.size):
        p[i] = standard_normal(random)
        q[i] = y[i]
    joint = mixed(beta, parts) - 0.5 * sum_of_squares(p)
    chance = uniform(random)
    for _ in range(leaps):
        for i in range(p.size):
            p[i] += 0.5 * step * h[i]
        move(metric, step, p, q, spare, q)
        path_gradient(path, q, trial, ahead)
        if trial[0] != trial[0] or trial[1] != trial[1]:
            return math.nan
        if not mixed(beta, trial) > -math.inf:
            return 0.0
        if not _push(beta, metric, ahead, g, h):
            return math.nan
        for i in range(p.size):
            p[i] += 0.5 * step * h[i]
    gain = mixed(beta, trial) - 0.5 * sum_of_squares(p) - joint
    accepted = exp(min(gain, 0.0)) if gain == gain else 0.0  # NaN: the momentum ran over
    if chance < accepted:
        y[:] = q
        parts[:] = trial
        slopes[:] = ahead
    return accepted


@inlined
def random_leaps(random, step, length, most):
    """Steps of a trajectory: uniform on 1, 2, ..., as many as make `length` in the round coordinates, at most `most`."""
    return 1 + int(uniform(random) * max(1.0, min(float(most), math.floor(length / step))))


@kernel
def move_particles(path, beta, metric, step, length, most, moves, random, positions, parts, slopes, work):
    """Move each particle `moves` times: trajectories where `slopes` are there, else steps of the walk.

    Returns
    -------
    float
        Mean acceptance probability; NaN where the target is wrong at the point in `work[0][0]`.
    """
    total = 0.0
    for i in range(positions.shape[0]):
        for _ in range(moves):
            if slopes.shape[2] > 0:
                leaps = random_leaps(random, step, length, most)
                accepted = trajectory(path, beta, metric, step, leaps, random, positions[i], parts[i], slopes[i], work)
            else:
                accepted = walk(path, beta, metric, step, random, positions[i], parts[i], work)
            if accepted != accepted:
                return math.nan
            total += accepted
    return total / (positions.shape[0] * moves)
