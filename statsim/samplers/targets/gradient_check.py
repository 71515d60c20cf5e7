"""A gradient held against central differences of the log density.

Each coordinate is moved by several steps and the difference that agrees best is kept, so that neither a badly scaled coordinate
nor rounding is taken for an error. Nocedal, Wright (2006), Numerical Optimization, section 8.1.
"""

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import TargetError

_STEPS = 6.0e-6 * 10.0 ** np.arange(-3, 4)


def check_gradient(target, x=None, *, rng=0, points=5, rtol=1e-4):
    """Raise when the gradient of `target` is not that of its log density.

    Parameters
    ----------
    target : Target
    x : array (dim,) or (n, dim), optional
        Where to compare; default `points` random points of the support.
    rng : None, int, SeedSequence or Generator
    points : int
    rtol : float
        Largest difference allowed, relative to the larger of both values and to rounding.

    Returns
    -------
    float
        The largest relative difference met.

    Raises
    ------
    TargetError
        Naming the coordinate that differs most, with both values and the point.
    """
    target.require_gradient("check_gradient")
    places = _places(target, x, rng, checks.integer(points, "points", minimum=1))
    worst = 0.0
    for point in places:
        gradient = target.value_and_gradient(point)[1]
        differences = np.array([_closest(target, point, i, gradient[i]) for i in range(target.dim)])
        size = np.maximum(np.maximum(np.abs(gradient), np.abs(differences)), 1e-8 * (1.0 + abs(target.log_density(point))))
        relative = np.abs(gradient - differences) / size
        relative[_fixed(target)] = 0.0
        worst = max(worst, relative.max())
        if not relative.max() <= rtol:
            raise TargetError(_message(target, point, gradient, differences, relative))
    return float(worst)


def _places(target, x, rng, points):
    """Points to compare at: those given, else random starts with a finite log density."""
    if x is not None:
        return np.atleast_2d(np.asarray(x, np.float64))
    from statsim.samplers.chains.chain import start_chain

    key = rngs.stream_key(rng, rngs.Purpose.SAMPLER)
    starts = [start_chain(target, i, key=key, initial=None, lanes=1, with_gradient=False).initial[0] for i in range(points)]
    return np.array([target.constrain(y) for y in starts])


def _fixed(target):
    """Coordinates that do not move alone: simplex and correlation parts are compared along what their density is of."""
    from statsim.kernels.targets.transforms import CORRELATION

    fixed = np.zeros(target.dim, bool)
    blocks = target._tables[0]
    for kind, _, _, begin, size in blocks:
        if kind == CORRELATION:
            order = int(round(size**0.5))
            fixed[begin : begin + size] = np.triu(np.ones((order, order), bool), 1).ravel()
    return fixed


def _closest(target, point, i, expected):
    """The central difference in coordinate i, over several steps, that is closest to what is expected."""
    best = np.nan
    for step in _STEPS * max(abs(point[i]), 1e-2):
        above, below = point.copy(), point.copy()
        above[i] += step
        below[i] -= step
        try:
            slope = (target.log_density(above) - target.log_density(below)) / (above[i] - below[i])
        except TargetError:
            continue  # the step left the support of a target that does not say so
        if np.isfinite(slope) and not abs(best - expected) <= abs(slope - expected):
            best = slope
    return best


def _message(target, point, gradient, differences, relative):
    worst = int(np.nanargmax(np.where(np.isnan(relative), np.inf, relative)))
    ours, theirs = gradient[worst], differences[worst]
    sign = "has the wrong sign" if abs(ours + theirs) <= 1e-3 * abs(theirs) else "is wrong"
    others = int((relative > 1e-4).sum()) - 1
    more = f" ({others} other coordinates differ too)" if others > 0 else ""
    return (
        f"the gradient {sign} for coordinate {target.names[worst]}: it is {ours:.6g}, central differences of the log density give "
        f"{theirs:.6g}, at x = {np.array2string(point, threshold=12, precision=6)}{more}"
    )
