"""The maximum of a smooth function that is close to minus half a square: BFGS from the unit matrix, slopes by central differences."""

import numpy as np

_STEP = 1e-3
_GAIN = 1e-12
_MOST = 200


def maximise(function, start):
    """The largest value near `start` (q,), where it is, and whether the search ended at one."""
    v, value = np.array(start, float), function(start)
    inverse, slope = np.eye(len(v)), _slope(function, v)
    for _ in range(_MOST):
        direction = inverse @ slope
        gain = slope @ direction
        if not gain > _GAIN:
            return value, v, bool(np.isfinite(gain))
        step, higher = _line_search(function, v, value, direction, gain)
        if step == 0:
            return value, v, gain < 1e-6
        moved = step * direction
        after = _slope(function, v + moved)
        inverse = _updated(inverse, moved, slope - after)
        v, value, slope = v + moved, higher, after
    return value, v, False


def _line_search(function, v, value, direction, gain):
    """A step that gains enough, and the value there; 0 where rounding hides every gain."""
    step = 1.0
    while step > 1e-12:
        higher = function(v + step * direction)
        if higher >= value + 1e-4 * step * gain:
            return step, higher
        step *= 0.4
    return 0.0, value


def _updated(inverse, s, y):
    """The BFGS update of the inverse of minus the second derivatives."""
    curve = s @ y
    if not curve > 1e-14:
        return inverse
    left = np.eye(len(s)) - np.outer(s, y) / curve
    return left @ inverse @ left.T + np.outer(s, s) / curve


def _slope(function, v):
    out = np.empty(len(v))
    for j in range(len(v)):
        e = np.eye(len(v))[j] * _STEP
        out[j] = (function(v + e) - function(v - e)) / (2 * _STEP)
    return out
