r"""Adaptive rejection: exact draws of a log-concave density on the line, with no bound to give.

Gilks, Wild (1992), Adaptive rejection sampling for Gibbs sampling, Applied Statistics 41(2), and without derivatives Gilks (1992).
The hull over the log density learns from each candidate that the squeeze does not settle; here it learns in a run of its own, and is frozen
before the draws, so that blocks can be drawn in any order.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.samplers.rejection.candidates import BLOCK, Block, budget, collect
from statsim.samplers.univariate.hull import build_hull, check_concave, not_log_concave
from statsim.samplers.draws.independent import independent_draws
from statsim.samplers.targets.target import as_target
from statsim.samplers.univariate.univariate import Line

_STREAM, _LEARNING_STREAM = 3, 4
_NOTHING, _FAR = 800.0, 1e290  # a log density so much lower is no part of any double
_SETTLED = 50  # candidates in a row that the squeeze settles: the hull is tight


@dataclass(frozen=True)
class AdaptiveRejection:
    """Exact independent draws of a log-concave density of one coordinate.

    Parameters
    ----------
    max_points : int
        Points of the hull, at most; more make fewer evaluations and a slower start. At least 5.
    use_gradient : bool, optional
        Tangents where the target has a gradient (default), or chords alone.
    center : float, optional
        A point of positive density. Needed only where a coarse search does not find one.
    domain : (float, float), optional
        Draw inside this interval only. Default: the support of the target.
    max_tries : int, optional
        Candidates allowed before it gives up; default 1000 for each draw and 100 000 more.

    Notes
    -----
    A density that is not log-concave is recognised where it is evaluated, and raises `SamplerError` with the point: at some hundred
    points over its whole reach before the draws, and at each candidate that the squeeze does not settle. A mode narrower than a hundredth of
    its distance from the highest one can be missed.

    Examples
    --------
    >>> import numba
    >>> from statsim.samplers.sampling import sample
    >>> from statsim.samplers.targets.target import Target
    >>> @numba.njit
    ... def log_density(x):
    ...     return -0.5 * x[0] ** 2
    >>> draws = sample(Target(log_density, dim=1), AdaptiveRejection(), draws=1000, rng=0)
    >>> draws.acceptance.rate > 0.9
    True
    """

    max_points: int = 40
    use_gradient: bool | None = None
    center: float | None = None
    domain: tuple | None = None
    max_tries: int | None = None

    name: ClassVar[str] = "AdaptiveRejection"

    def __post_init__(self):
        checks.integer(self.max_points, "max_points", minimum=5, maximum=1000)
        if self.max_tries is not None:
            checks.integer(self.max_tries, "max_tries", minimum=1)

    def sample_target(self, target, *, draws, rng=None, num_threads=None, max_bytes=None):
        """Independent draws; called by `sample`.

        Raises
        ------
        SamplerError
            When the density is found not to be log-concave, with the point; when `max_tries` is spent.
        """
        n = checks.integer(draws, "draws", minimum=1)
        checks.memory(8 * n, max_bytes, what=f"{n} draws", remedy="draw them in parts, each with an rng of its own")
        target = as_target(target)
        if self.use_gradient:
            target.require_gradient("AdaptiveRejection(use_gradient=True)")
        line = Line(target, domain=self.domain, center=self.center, who=self.name)
        seed = rngs.seed_sequence(rng)
        learner = _Learner(self, target, line)
        learner.learn(rngs.stream_key(seed, rngs.Purpose.SAMPLER, _LEARNING_STREAM))
        propose = _proposer(target, learner.hull, learner.shift, rngs.stream_key(seed, rngs.Purpose.SAMPLER, _STREAM))
        values, acceptance = collect(propose, n, dim=1, max_tries=budget(self.max_tries, n), num_threads=num_threads)
        return independent_draws(values, target, self, acceptance=acceptance)


class _Learner:
    """Points of the hull, and those to come."""

    def __init__(self, method, target, line):
        self._method, self._target, self._line = method, target, line
        self._slopes = target.has_gradient if method.use_gradient is None else method.use_gradient
        peak, value = line.peak()
        points = line.spread(line.reach(peak, value))
        check_concave(points, line(points))
        self.shift = value
        self._low, self._high = self._end(peak, value, -1.0), self._end(peak, value, 1.0)
        self._points = {}
        for x in self._first_points(peak, value):
            self._add(x)
        self._build()

    def learn(self, key):
        """Gilks and Wild's loop: draw, and take in each candidate that has to be evaluated."""
        from statsim.kernels.streams import seed_block
        from statsim.kernels.univariate.hull import truncated_exponential

        state, settled = np.empty(4, np.uint64), 0
        seed_block(key[0], key[1], np.uint64(0), state)
        while settled < _SETTLED and len(self._points) < self._method.max_points:
            first, second, third = _uniforms(state)
            piece = min(int(np.searchsorted(np.cumsum(self.hull.probabilities()), first, "right")), len(self.hull.pieces) - 1)
            c, top, rate, side, width, drop = self.hull.pieces[piece]
            d = truncated_exponential(second, rate, width, drop)
            x, height = c + side * d, top - rate * d + np.log1p(-third)
            origin, level, slope = self.hull.chords[piece]
            if height < level + slope * (x - origin) or not self._is_apart(x):
                settled += 1
                continue
            settled = 0
            if not self._add(x):
                raise not_log_concave(f"the log density is -inf at x = {x!r}, between points of positive density or beyond the last")
            self._build()

    def _is_apart(self, x):
        """False next to a point that is known: a chord between the two would be rounding."""
        return min(abs(x - known) for known in self._points) > 1e-7 * max(self._spread, abs(x) * 1e-3)

    def _build(self):
        x = np.array(sorted(self._points))
        h, slopes = np.array([self._points[place] for place in x]).T
        self._spread = x[-1] - x[0]
        self.hull = build_hull(x, h, slopes if self._slopes else None, low=self._low, high=self._high)

    def _add(self, x):
        """Evaluate at x; False where the density is zero."""
        value = float(self._line(np.array([x]))[0])
        if value == -np.inf:
            return False
        slope = float(self._target.gradient([x])[0]) if self._slopes else 0.0
        self._points[float(x)] = value - self.shift, slope
        return True

    def _end(self, peak, value, side):
        """The end of the domain, or the last point of positive density on the way there (an interval, if log-concave)."""
        end = self._line.high if side > 0 else self._line.low
        near, far, step = peak, peak, self._line.scale(peak, value, side)
        while far != end:
            far = peak + side * step
            far, step = (end if (far - end) * side >= 0.0 else far), 2.0 * step
            height = self._line(np.array([far]))[0]
            if height == -np.inf:
                return self._edge(near, far)
            if height < value - _NOTHING or step > _FAR:
                return end
            near = far
        return end

    def _edge(self, near, far):
        """The last point of positive density between `near`, where it is positive, and `far`, where it is zero."""
        for _ in range(2000):
            middle = 0.5 * near + 0.5 * far
            if middle in (near, far):
                break
            near, far = (middle, far) if self._line(np.array([middle]))[0] > -np.inf else (near, middle)
        return near

    def _first_points(self, peak, value):
        """The peak, and two points to each side of it; not one so near to another that their chord would be rounding."""
        points = [peak]
        for side, end in ((-1.0, self._low), (1.0, self._high)):
            scale, room = self._line.scale(peak, value, side), abs(end - peak)
            points += [peak + side * (share * scale if share * scale < 0.7 * room else 0.5 * share * room) for share in (1.5, 0.5)]
        spread = max(points) - min(points)
        kept = []
        for x in points:
            if all(abs(x - other) > 1e-6 * spread for other in kept):
                kept.append(x)
        return kept


def _uniforms(state):
    from statsim.kernels.streams import fill_uniform

    out = np.empty(3)
    fill_uniform(state, out)
    return out


def _proposer(target, hull, shift, key):
    """The function that draws a block under the hull."""
    from statsim.kernels.univariate.hull import fill_under_hull
    from statsim.kernels.variates.categorical import alias_table

    threshold, alias = alias_table(hull.probabilities())

    def propose(block):
        rows, places, report = np.empty(BLOCK), np.empty(BLOCK, np.int64), np.empty(5)
        count = fill_under_hull(target.context(), shift, key, block, BLOCK, threshold, alias, hull.pieces, hull.chords, rows, places, report)
        error = None if report[1] < 0 else _contradiction(target, *map(float, report[2:]))
        return Block(rows[:count, None], places[:count], int(report[0]), error, int(report[1]))

    return propose


def _contradiction(target, x, value, line):
    """The error for a candidate outside hull and squeeze."""
    if not value < np.inf:
        return target.error_at(np.array([x]))
    return not_log_concave(f"at x = {x!r} the log density lies outside the hull or the squeeze by {abs(value - line):.6g}")
