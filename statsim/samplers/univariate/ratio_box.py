"""The box of the ratio of uniforms: from the user, or by numerical search."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, SamplerError
from statsim.samplers.univariate.univariate import Line

_ROOM = 1.01  # searches stop a little short of the extremes
_SETTLED = 1e-3  # growth of v over the last doubling of x that is taken as none


@dataclass(frozen=True)
class Box:
    """m (d,), the largest log density, and the range of v (d,) for f scaled to maximum one."""

    center: np.ndarray
    log_max: float
    low: np.ndarray
    high: np.ndarray


def given_box(target, center, bounds):
    """The box that the user states.

    Raises
    ------
    ArgumentError
    """
    if center is None:
        raise ArgumentError("bounds= needs center=, the m that v is measured from")
    try:
        log_max, low, high = bounds
        low, high = (np.broadcast_to(np.asarray(end, np.float64), target.dim).copy() for end in (low, high))
    except (TypeError, ValueError):
        raise ArgumentError(f"bounds must be (log_max, low, high) with low and high of {target.dim} numbers, got {bounds!r}") from None
    log_max = checks.real(log_max, "bounds[0], log_max")
    if not (np.isfinite(low) & np.isfinite(high) & (low <= 0) & (high >= 0) & (low < high)).all():
        raise ArgumentError(f"bounds must have finite low <= 0 <= high, low below high, got low={low}, high={high}")
    return Box(_center(target, center), log_max, low, high)


def find_box(target, power, center):
    """The box found by search: on a grid that is refined for one coordinate, else by Nelder and Mead's simplex.

    Raises
    ------
    SamplerError
        When v grows without end, or no positive density is found.
    """
    return _on_line(target, power, center) if target.dim == 1 else _in_space(target, power, center)


def _center(target, center):
    center = np.array(np.broadcast_to(np.asarray(center, np.float64), target.dim))
    if not np.isfinite(center).all():
        raise ArgumentError(f"center must be {target.dim} finite numbers, got {center}")
    return center


def _on_line(target, power, center):
    line = Line(target, domain=None, center=None if center is None else float(_center(target, center)[0]), who="RatioOfUniforms")
    peak, value = line.peak()
    share = power / (power + 1.0)
    points = np.unique(np.append(line.reach(peak, value), peak + line.scale(peak, value) * np.linspace(-8, 8, 257)))
    points = points[(points >= line.low) & (points <= line.high)]
    heights = line(points)
    value = max(value, _refined(lambda x: line(x), points, heights)[1])
    m = peak if center is None else float(_center(target, center)[0])
    ends = []
    for side in (-1.0, 1.0):

        def log_v(x, side=side):
            with np.errstate(divide="ignore"):
                return np.log(np.maximum((x - m) * side, 0.0)) + share * (line(x) - value)

        place, best = _refined(log_v, points, log_v(points))
        _require_settled(place, points, log_v, side, line, share)
        ends.append(side * _ROOM * np.exp(best) if np.isfinite(best) else 0.0)
    return Box(np.array([m]), float(value), np.array([ends[0]]), np.array([ends[1]]))


def _refined(function, points, values):
    """Place and value of a maximum near the best of `points`."""
    for _ in range(8):
        best = int(np.argmax(values))
        left, right = points[max(best - 1, 0)], points[min(best + 1, points.size - 1)]
        points = np.linspace(left, right, 33)
        values = function(points)
    best = int(np.argmax(values))
    return float(points[best]), float(values[best])


def _require_settled(place, points, log_v, side, line, share):
    """Raise when v still grows where the search ends."""
    end = points[0] if side < 0 else points[-1]
    if np.isfinite(line.low if side < 0 else line.high) or abs(place - end) > 1e-3 * abs(end):
        return
    inner = log_v(np.array([0.5 * end, end]))
    if inner[1] - inner[0] > _SETTLED:
        raise _endless(f"v still grows at x = {float(end)!r}", share)


def _endless(where, share):
    return SamplerError(
        f"the region fits into no box: {where}; the tails are too heavy for power={share / (1 - share):.3g} or so, use a larger power"
    )


def _in_space(target, power, center):
    """Mode, then each end of v, in unconstrained coordinates so that the search never leaves the support."""
    from scipy.optimize import minimize

    share = power / (power * target.dim + 1.0)

    def height(y):
        return float(target.log_density(target.constrain(y)))

    def search(negative, start):
        options = {"xatol": 1e-7, "fatol": 1e-10, "maxiter": 4000 * target.dim, "maxfev": 8000 * target.dim}
        found = minimize(negative, start, method="Nelder-Mead", options=options)
        return minimize(negative, found.x, method="Nelder-Mead", options=options)  # again, with a fresh simplex

    start = np.zeros(target.unconstrained_dim) if center is None else target.unconstrain(_center(target, center), name="center")
    if not np.isfinite(height(start)):
        raise SamplerError(f"the density is zero at x = {target.constrain(start)}, where the search for the mode begins; give center=")
    mode = search(lambda y: -height(y), start)
    m, log_max = target.constrain(mode.x) if center is None else _center(target, center), -mode.fun
    low, high = np.zeros(target.dim), np.zeros(target.dim)
    for j in range(target.dim):
        for side, out in ((-1.0, low), (1.0, high)):

            def negative(y, j=j, side=side):
                x = target.constrain(y)
                far = (x[j] - m[j]) * side
                return -np.log(far) - share * (height(y) - log_max) if far > 0.0 else np.inf

            out[j] = side * _ROOM * np.exp(-_farthest(search, negative, mode.x, target.unconstrained_dim))
    return Box(m, float(log_max), low, high)


def _farthest(search, negative, mode, dim):
    """The least of `negative`, from starts on both sides of the mode along each axis."""
    starts = [mode + side * step * np.eye(dim)[j] for j in range(dim) for side in (-1.0, 1.0) for step in (0.1, 1.0)]
    values = [negative(start) for start in starts]
    best = search(negative, starts[int(np.argmin(values))])
    if not best.success or not np.isfinite(best.fun):
        raise SamplerError("the search for the box did not settle; give bounds=(log_max, low, high) with center=, or a larger power")
    return best.fun
