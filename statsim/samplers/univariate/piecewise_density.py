r"""A density on the line as polynomials on panels: its integral from either end, and the inverse of that.

Panels are halved until the Legendre coefficients of the density on each have died out (the stopping rule of adaptive
Gauss quadrature; Trefethen 2013, Approximation Theory and Approximation Practice, ch. 8). Gauss-Legendre nodes, unlike the
Gauss-Lobatto nodes of Derflinger, Hoermann, Leydold (2010), never touch the ends, where a density may have a pole.
"""

import numpy as np
from numpy.polynomial import legendre

from statsim.errors import SamplerError

NODES = 12
_X, _W = legendre.leggauss(NODES)
_TO_COEFFICIENTS = (legendre.legvander(_X, NODES - 1) * _W[:, None]).T * (np.arange(NODES) + 0.5)[:, None]
_MOST_PANELS, _MOST_LEVELS = 100_000, 1200
_LOST = 1e-22  # of the whole: below what a 64-bit word can tell from nothing


class PiecewiseDensity:
    """The density of a `Line`, scaled to integral one, within `tolerance` of probability.

    Parameters
    ----------
    line : statsim.samplers.univariate.univariate.Line
    tolerance : float
        Allowed error of the distribution function; in the tails the relative error is 1e-6 too.

    Attributes
    ----------
    edges : ndarray (m + 1,)
    coefficients : ndarray (m, 12)
        Legendre coefficients of the density.
    below, above : ndarray (m + 1,)
        Probability below and above each edge, each summed from its own end.
    log_integral : float
        Log of the integral of the unnormalised density.
    """

    def __init__(self, line, tolerance):
        self._line = line
        peak, value = line.peak()
        edges = line.spread(line.reach(peak, value))
        self._refine(edges[:-1], edges[1:], tolerance)

    # ------------------------------------------------------------ construction

    def _refine(self, low, high, tolerance):
        log_values = self._log_values(low, high)
        shift = log_values.max()
        values = np.exp(log_values - shift)
        fresh = np.ones(low.size, bool)
        for _ in range(_MOST_LEVELS):
            rough = fresh & self._is_rough(low, high, values, tolerance)
            if not rough.any():
                break
            if low.size > _MOST_PANELS:
                raise self._not_smooth(low, high, rough)
            low, high, values, fresh = self._halved(low, high, values, rough, shift)
        self._settle(low, high, values, shift)

    def _halved(self, low, high, values, rough, shift):
        middle = 0.5 * low[rough] + 0.5 * high[rough]
        new_low, new_high = np.concatenate([low[rough], middle]), np.concatenate([middle, high[rough]])
        new_values = np.exp(np.minimum(self._log_values(new_low, new_high) - shift, 700.0))
        low, high = np.concatenate([low[~rough], new_low]), np.concatenate([high[~rough], new_high])
        fresh = np.concatenate([np.zeros((~rough).sum(), bool), np.ones(new_low.size, bool)])
        order = np.argsort(low)
        return low[order], high[order], np.concatenate([values[~rough], new_values])[order], fresh[order]

    def _log_values(self, low, high):
        half = 0.5 * high - 0.5 * low
        return self._line((0.5 * low + 0.5 * high)[:, None] + half[:, None] * _X)

    def _is_rough(self, low, high, values, tolerance):
        """Which panels need halving: error above the tolerance, or above 1e-6 of the tail that it is part of."""
        half = 0.5 * high - 0.5 * low
        mass = half * (values @ _W)
        total, below = mass.sum(), np.cumsum(mass)
        tail = np.minimum(below, total - below + mass)
        error = half * np.abs(values @ _TO_COEFFICIENTS[-3:].T).sum(1) / NODES
        bound = 2.0 * half * values.max(1)
        rough = (error > np.minimum(tolerance * total, 1e-7 * tail)) & (bound > _LOST * total)
        middle = 0.5 * low + 0.5 * high
        stuck = rough & ((middle <= low) | (middle >= high))
        if (bound[stuck] > tolerance * total).any():
            raise self._not_smooth(low, high, stuck)
        return rough & ~stuck

    def _not_smooth(self, low, high, where):
        place = int(np.flatnonzero(where)[0])
        return SamplerError(
            f"the density is not smooth near x = {low[place]!r}: a pole, or infinitely many jumps; its integral cannot be found there "
            f"in doubles. Give domain=(low, high) without that point, or move a pole to 0, where doubles are dense"
        )

    def _settle(self, low, high, values, shift):
        half = 0.5 * high - 0.5 * low
        mass = half * (values @ _W)
        kept = slice(*_span(mass > 0))
        low, high, half, mass, values = low[kept], high[kept], half[kept], mass[kept], values[kept]
        total = mass.sum()
        self.edges = np.append(low, high[-1])
        self.half = half
        self.coefficients = (values @ _TO_COEFFICIENTS.T) / total
        self.mass = mass / total
        self.below = np.concatenate([[0.0], np.cumsum(self.mass)])
        self.above = np.concatenate([np.cumsum(self.mass[::-1])[::-1], [0.0]])
        self.log_integral = float(np.log(total) + shift)

    # ------------------------------------------------------------ distribution function and quantiles

    def tail(self, x, right):
        """Probability below x (n,), or above it where `right` (n,); and the density at x."""
        panel = np.clip(np.searchsorted(self.edges, x, "right") - 1, 0, self.half.size - 1)
        s = np.clip((x - self.edges[panel]) / self.half[panel] - 1.0, -1.0, 1.0)
        part, density = self._partial(panel, s)
        above = self.above[panel + 1] + np.maximum(self.mass[panel] - part, 0.0)
        return np.where(right, above, self.below[panel] + np.maximum(part, 0.0)), density

    def quantile(self, v, right):
        """x (n,) with probability v below it, or above it where `right`; Newton's method inside brackets."""
        n = self.half.size
        from_left = np.searchsorted(self.below, v, "right") - 1
        from_right = n - np.searchsorted(self.above[::-1], v, "right")
        panel = np.clip(np.where(right, from_right, from_left), 0, n - 1)
        wanted = np.where(right, self.mass[panel] - (v - self.above[panel + 1]), v - self.below[panel])
        low, high = np.full(v.shape, -1.0), np.ones(v.shape)
        s = np.clip(2.0 * wanted / np.maximum(self.mass[panel], 1e-300) - 1.0, -1.0, 1.0)
        for _ in range(80):
            part, density = self._partial(panel, s)
            excess = part - wanted
            low, high = np.where(excess <= 0, s, low), np.where(excess >= 0, s, high)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                step = s - excess / (density * self.half[panel])
            step = np.where((step >= low) & (step <= high), step, 0.5 * (low + high))
            done = np.abs(step - s) <= 1e-14
            s = step
            if done.all():
                break
        return self.edges[panel] + self.half[panel] * (s + 1.0)

    def _partial(self, panel, s):
        """Integral from the panel's low end to s in [-1, 1], and the density at s."""
        c, total, density = self.coefficients[panel], np.zeros_like(s), np.zeros_like(s)
        before, current = np.ones_like(s), s  # P_k, P_{k+1}; the integral of P_k is (P_{k+1} - P_{k-1}) / (2 k + 1)
        total += c[..., 0] * (s + 1.0)
        density += c[..., 0]
        for k in range(1, NODES):
            after = ((2 * k + 1) * s * current - k * before) / (k + 1)
            density += c[..., k] * current
            total += c[..., k] * (after - before) / (2 * k + 1)
            before, current = current, after
        return total * self.half[panel], density


def _span(positive):
    """First and one past the last True."""
    places = np.flatnonzero(positive)
    return int(places[0]), int(places[-1]) + 1
