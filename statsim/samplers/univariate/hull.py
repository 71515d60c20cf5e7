r"""The hull and squeeze of a log-concave density on the line, from its values at points.

With slopes, the hull is made of tangents (Gilks, Wild 1992). Without, of chords carried on beyond their ends (Gilks 1992, in
Bayesian Statistics 4): between two points lies below both the chord before and the chord after. Either way each gap between
points has a line from its left and a line from its right end, so one builder serves both.
"""

from dataclasses import dataclass

import numpy as np

from statsim.errors import SamplerError

_SLACK = 1e-9


@dataclass(frozen=True)
class Hull:
    """Pieces (k, 6) and chords (k, 3), as `statsim.kernels.univariate.hull` takes them, and the log areas (k,) of the pieces."""

    pieces: np.ndarray
    chords: np.ndarray
    log_areas: np.ndarray

    def probabilities(self):
        """Areas of the pieces, sum one."""
        areas = np.exp(self.log_areas - self.log_areas.max())
        return areas / areas.sum()


def build_hull(x, h, slopes, *, low, high):
    """The hull of log density `h` (m,) at rising points `x` (m,), on (low, high).

    Parameters
    ----------
    x, h : ndarray (m,)
        At least three points without slopes, one with.
    slopes : ndarray (m,) or None
    low, high : float

    Raises
    ------
    SamplerError
        When the points show that the density is not log-concave, or the hull has no finite area.
    """
    gaps = np.diff(x)
    chord = np.diff(h) / gaps
    none = np.full(1, np.nan)
    if slopes is None:
        rightward, leftward = np.concatenate([none, chord]), np.concatenate([chord, none])
    else:
        rightward = leftward = slopes
    _check_concave(x, h, gaps, chord, rightward[:-1], leftward[1:])
    rows = [_tail(x[0], h[0], leftward[0], low, -1.0), _tail(x[-1], h[-1], rightward[-1], high, 1.0)]
    for i in range(gaps.size):
        rows += _gap(x, h, gaps[i], chord[i], rightward[i], leftward[i + 1], i)
    pieces, chords = (np.array([row[part] for row in rows if row[0][4] > 0.0]) for part in (0, 1))
    return Hull(pieces, chords, _log_areas(pieces))


def check_concave(x, h):
    """Raise where values `h` (n,) at rising points `x` (n,) show that the function is not concave; minus infinity only at the ends.

    Raises
    ------
    SamplerError
    """
    positive = np.flatnonzero(h > -np.inf)
    span = slice(positive[0], positive[-1] + 1)
    gap = np.flatnonzero(h[span] == -np.inf)
    if gap.size:
        raise not_log_concave(f"it is 0 at x = {float(x[span][gap[0]])!r}, between points where it is not")
    x, h = x[span], h[span]
    gaps = np.diff(x)
    chord = np.diff(h) / gaps
    none = np.full(1, np.nan)
    _check_concave(x, h, gaps, chord, np.concatenate([none, chord[:-1]]), np.concatenate([chord[1:], none]))


def _check_concave(x, h, gaps, chord, left, right):
    """Raise where a chord rises faster than the line before it, or falls faster than the one after."""
    slack = (_SLACK + 1e-12 * (np.abs(h[:-1]) + np.abs(h[1:]))) / gaps
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero((chord > left + slack) | (right > chord + slack))
    if wrong.size:
        i = wrong[0]
        x, h = x.tolist(), h.tolist()
        raise not_log_concave(
            f"between x = {x[i]!r} (log density {h[i]!r}) and x = {x[i + 1]!r} (log density {h[i + 1]!r}) the chord has slope {chord[i]:.6g}, "
            f"not between those of the hull, {left[i]:.6g} and {right[i]:.6g}"
        )


def not_log_concave(where):
    """The error for a density that the hull does not hold."""
    return SamplerError(
        f"the density is not log-concave, or its gradient is wrong: {where}. Use NumericalInversion(), or RatioOfUniforms(); "
        f"target.check_gradient() checks the gradient"
    )


def _piece(c, top, slope, side, width):
    """A piece on `width` beyond c in direction `side`, where the line has `slope` in x; turned round to begin at its higher end."""
    if slope * side > 0.0 and np.isfinite(width):
        c, top, side = c + side * width, top + slope * side * width, -side
    rate = abs(slope)
    return c, top, rate, side, width, np.expm1(-rate * width) if rate > 0.0 else 0.0


def _tail(x, h, slope, end, side):
    """The piece beyond the outermost point."""
    x, h, slope = float(x), float(h), float(slope)
    width = (end - x) * side
    if not np.isfinite(width) and not slope * side < 0.0:
        raise SamplerError(
            f"the density does not fall towards {end!r} (log density {h!r} with slope {slope!r} at x = {x!r}): its integral is infinite, or it is not log-concave"
        )
    return _piece(x, h, slope, side, width), (x, -np.inf, 0.0)


def _gap(x, h, w, chord, left, right, i):
    """The one or two pieces over a gap, under the line from its left and the line from its right end."""
    squeeze = (x[i], h[i], chord)
    if np.isnan(left) or np.isnan(right):  # an outermost gap without slopes: one line
        slope, anchor = (right, i + 1) if np.isnan(left) else (left, i)
        side = 1.0 if anchor == i else -1.0
        return [(_piece(x[anchor], h[anchor], slope, side, w), squeeze)]
    bend = left - right
    cut = (h[i + 1] - h[i] - right * w) / bend if bend * w > 1e-12 else 0.5 * w
    cut = min(max(cut, 0.0), w)
    return [(_piece(x[i], h[i], left, 1.0, cut), squeeze), (_piece(x[i + 1], h[i + 1], right, -1.0, w - cut), squeeze)]


def _log_areas(pieces):
    _, top, rate, _, width, drop = pieces.T
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = rate * width < 1e-8
        return top + np.where(flat, np.log(width), np.log(-drop) - np.log(rate))
