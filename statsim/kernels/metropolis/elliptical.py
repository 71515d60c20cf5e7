r"""A stretch of an elliptical slice sampler.

Murray, Adams, MacKay (2010), Elliptical slice sampling, AISTATS 13: with a draw v of the normal N(0, C) the points
:math:`m + (y - m) \cos t + v \sin t` are an ellipse through y on which C-distances need no correction; a level below the likelihood
p(y) / N(y; m, C) is drawn, and a bracket of angles shrinks towards 0 until a point lies above. Whatever the normal, the law drawn
from is p; the normal decides only how well it goes (Nishihara, Murray, Adams 2014, JMLR 15).
"""

import math

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.elementary.trigonometric import cos, sin
from statsim.kernels.hamiltonian.metric import DENSE, move
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.metropolis.accept import DONE, WRONG
from statsim.kernels.metropolis.covariance import EVERY, add_draw, refresh
from statsim.kernels.streams import uniform, uniform_open
from statsim.kernels.targets.evaluate import evaluate_value, record
from statsim.kernels.variates.normal import standard_normal

LOG_DENSITY, DRAWS = range(2)
SHRINKS = 2000
FEW, WIDER = 24.0, 1.25  # a normal that is too narrow is slow to leave, one that is too wide costs a few evaluations
TWO_PI = 2.0 * math.pi


@inlined
def whiten(metric, offset, z):
    """z = L^-1 offset."""
    kind, scale, factor = metric
    d = z.size
    for i in range(d):
        z[i] = offset[i] / scale[i] if kind != DENSE else offset[i]
    if kind == DENSE:
        for j in range(d):
            z[j] /= factor[j, j]
            for i in range(j + 1, d):
                z[i] -= factor[j, i] * z[j]


@kernel
def elliptical_transition(context, metric, centre, y, present, random, vectors):
    """Move y once; returns (log density there, points tried), the log density NaN where the target is wrong, at vectors[0]."""
    proposal, offset, z, normal, along, scratch = vectors
    inner = outer = cross = 0.0
    for i in range(y.size):
        normal[i] = standard_normal(random)
        offset[i] = y[i] - centre[i]
    whiten(metric, offset, z)
    for i in range(y.size):
        inner += z[i] * z[i]
        outer += normal[i] * normal[i]
        cross += z[i] * normal[i]
        scratch[i] = 0.0
    move(metric, 1.0, normal, scratch, proposal, along)
    level = present + 0.5 * inner + log(uniform_open(random))
    angle = TWO_PI * uniform(random)
    low, high = angle - TWO_PI, angle
    for tried in range(1, SHRINKS):
        c, s = cos(angle), sin(angle)
        for i in range(y.size):
            proposal[i] = centre[i] + offset[i] * c + along[i] * s
        value = evaluate_value(context, proposal)
        if value != value:
            return value, tried
        if value + 0.5 * (c * c * inner + s * s * outer) + c * s * cross > level:
            y[:] = proposal
            return value, tried
        if angle < 0.0:
            low = angle
        else:
            high = angle
        angle = low + uniform(random) * (high - low)
        if angle == 0.0:
            break
    return present, tried


@kernel
def advance_elliptical(context, metric, centre, random, point, numbers, mean, moments, learn, work, values, stats):
    """Make `len(values)` draws.

    Parameters
    ----------
    context : see `statsim.kernels.targets.evaluate`
    metric : see `statsim.kernels.hamiltonian.metric`
        L with C = L L^T; replaced where `learn`.
    centre : (d,)
        m; replaced where `learn`.
    random : (4,) uint64
    point : (1, d)
        Present y; replaced.
    numbers : (2,)
        Log density at the point, draws learned from; replaced.
    mean : (d,), moments : (1, d, d) or (1, 1, d)
        See `statsim.kernels.metropolis.covariance`.
    work : six (d,), (1, d, d), (1, d, d)
    values : (n, dim), stats : (n, 3)
        Filled; statistics are log density, share of points taken and evaluations.

    Returns
    -------
    status : int
        1 when the target is wrong at the point that now stands in `point[0]`.
    done : int
    """
    vectors, shrunk, lower = work
    y = point[0]
    for n in range(values.shape[0]):
        present, tried = elliptical_transition(context, metric, centre, y, numbers[LOG_DENSITY], random, vectors)
        if present != present:
            point[0] = vectors[0]
            return WRONG, n
        numbers[LOG_DENSITY] = present
        if learn:
            numbers[DRAWS] += 1.0
            add_draw(metric, numbers[DRAWS], y, mean, moments)
            if numbers[DRAWS] >= FEW and numbers[DRAWS] % EVERY == 0.0:
                refresh(metric, numbers[DRAWS], moments, WIDER, shrunk, lower)
                centre[:] = mean
        jacobian = record(context, y, values[n])
        stats[n, 0] = present - jacobian
        stats[n, 1], stats[n, 2] = 1.0 / tried, tried
    return DONE, values.shape[0]
