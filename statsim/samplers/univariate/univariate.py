"""What methods for one coordinate need to know of a target: where it lives, where its density is high, how far it reaches."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, SamplerError

NEGLIGIBLE = 60.0  # e^-60 is 2^-86: no stream of 64-bit words ever sees it
_FAR = 1e290
_PIECES = 8


class Line:
    """A target of one coordinate on an interval: its log density at arrays of points, never asked at the ends.

    Parameters
    ----------
    target : Target
        With dim 1.
    domain : (low, high) or None
        Where to draw, inside the support; default the support.
    center : float or None
        A point of positive density near most of the probability.
    who : str
        The method, for messages.
    """

    def __init__(self, target, *, domain, center, who):
        if target.dim != 1:
            raise ArgumentError(f"{who} draws one coordinate, and this target has dim={target.dim}; use Rejection(), RatioOfUniforms() or NUTS()")
        self.target, self.who, self.evaluations = target, who, 0
        self.low, self.high = _domain(domain, tuple(float(end[0]) for end in target.bounds))
        self._center = None if center is None else checks.real(center, "center")
        if center is not None and not self.low <= self._center <= self.high:
            raise ArgumentError(f"center must lie in the domain ({self.low!r}, {self.high!r}), got {center!r}")

    def __call__(self, x):
        """Log density at x (n,); points on an end are moved just inside."""
        x = np.asarray(x, np.float64)
        inside = np.clip(x, np.nextafter(self.low, np.inf), np.nextafter(self.high, -np.inf))
        self.evaluations += inside.size
        return self.target.log_density(inside.reshape(-1, 1)).reshape(x.shape)

    def peak(self):
        """A local maximum (x, log density), the one near the best of a coarse search.

        Raises
        ------
        SamplerError
            When the density is zero wherever it was looked at.
        """
        grid = self._first_look()
        values = self(grid)
        if self._center is not None and values[np.searchsorted(grid, self._center)] == -np.inf:
            raise SamplerError(f"the density is zero at center={self._center!r}; give a point where it is not")
        if values.max() == -np.inf:
            raise SamplerError(
                f"{self.who}: the log density is -inf at all {grid.size} points tried between {grid[0]:.6g} and {grid[-1]:.6g}; "
                f"give center=, a point of positive density, or domain=(low, high)"
            )
        for _ in range(14):  # each round narrows the bracket 16 times
            best = int(np.argmax(values))
            left, right = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
            if not right > left:
                break
            grid = np.linspace(left, right, 33) if np.isfinite(right - left) else np.array([left, grid[best], right])
            values = self(grid)
        best = int(np.argmax(values))
        return float(grid[best]), float(values[best])

    def _first_look(self):
        steps = 2.0 ** np.arange(-30, 31)
        if self._center is not None:
            points = np.concatenate([self._center - steps, [self._center], self._center + steps])
        elif np.isfinite(self.low) and np.isfinite(self.high):
            points = self.low + (self.high - self.low) * np.arange(1, 512) / 512
        elif np.isfinite(self.low):
            points = self.low + steps
        elif np.isfinite(self.high):
            points = self.high - steps
        else:
            points = np.concatenate([-steps, [0.0], steps])
        return np.unique(points[(points >= self.low) & (points <= self.high)])

    def reach(self, peak, value):
        """Points (m,) from one end to the other, their gaps doubling away from the peak, beyond which nothing is left.

        Raises
        ------
        SamplerError
            When the integral does not settle before 1e290.
        """
        step = self.scale(peak, value)
        right = self._outward(peak, value, step, self.high)
        left = self._outward(peak, value, -step, self.low)
        return np.concatenate([left[::-1], [peak], right])

    @staticmethod
    def spread(points):
        """`points` (m,) and seven more in each gap, rising: modes as narrow as 1/100 of their distance from the peak are seen."""
        between = points[:-1, None] + np.diff(points)[:, None] * np.arange(_PIECES) / _PIECES
        return np.unique(np.append(between, points[-1]))

    def scale(self, peak, value, side=None):
        """A distance from the peak over which the log density falls by about one, on one side or on the nearer one."""
        steps = 2.0 ** np.arange(-60, 61) * max(abs(peak), 1e-200 if peak else 1.0)
        best = np.inf
        for sign in (-1.0, 1.0) if side is None else (side,):
            x = peak + sign * steps
            fallen = np.flatnonzero((x > self.low) & (x < self.high) & (self(x) < value - 1.0))
            best = min(best, steps[fallen[0]] if fallen.size else np.inf)
        return best if np.isfinite(best) else steps[60]

    def _outward(self, peak, value, step, end):
        """Points from the peak to where the tail is negligible, or to `end`."""
        points, quiet, k = [], 0, 0
        heaviest = value + np.log(abs(step))
        while quiet < 6:
            x = peak + step * 2.0**k
            if (x >= end) if step > 0 else (x <= end):
                return [*points, end]
            if abs(x) > _FAR:
                raise SamplerError(
                    f"{self.who}: the density does not fall fast enough to have a finite integral (log density "
                    f"{float(self(points[-1:])[0]):.6g} at {points[-1]:.6g}); is the target a proper density? domain=(low, high) cuts it"
                )
            mass = self(np.array([x]))[0] + np.log(abs(step)) + k * np.log(2.0)
            quiet = quiet + 1 if mass < heaviest - NEGLIGIBLE else 0
            heaviest = max(heaviest, mass)
            points.append(x)
            k += 1
        return points


def _domain(domain, support):
    if domain is None:
        return support
    try:
        low, high = (float(end) for end in domain)
    except (TypeError, ValueError):
        raise ArgumentError(f"domain must be a pair (low, high) of numbers, got {domain!r}") from None
    if not low < high:
        raise ArgumentError(f"domain must have low below high, got {domain!r}")
    return max(low, support[0]), min(high, support[1])
