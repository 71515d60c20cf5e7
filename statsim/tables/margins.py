"""The margin of a numeric column: a monotone map between its values x and normal scores z.

Sorted values are cut into groups of whole ties, each of at least `min_count` rows; a knot is the mean value and the mean
normal score of its group, so no knot is a person's value. Between knots the map is linear. Beyond them the outer slope goes
on, bent smoothly towards a bound where one is known. Normal scores: van der Waerden (1952), Phi^-1 of the mid-rank.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim.kernels.margins import margin_to_x, margin_to_z

REACH = 8.0
"""How far beyond its outer knots, in units of z, a value is placed at most."""
_SPACING = 0.12  # of knots in z: about 60 knots for 1e4 rows; finer follows noise, coarser rounds modes off


@dataclass(frozen=True)
class Margin:
    """A monotone map between values x and normal scores z.

    Parameters
    ----------
    z_knots, x_knots : tuple of float, the same length of at least 2, strictly increasing
    lower, upper : float
        Bounds of the values; infinite where there is none. Strictly outside the knots.

    Examples
    --------
    >>> margin = Margin((-1.0, 1.0), (10.0, 30.0), lower=0.0)
    >>> margin.to_x(np.array([-1.0, 0.0, 2.0])).tolist()
    [10.0, 20.0, 40.0]
    >>> bool(margin.to_x(np.array([-50.0]))[0] > 0)
    True
    """

    z_knots: tuple
    x_knots: tuple
    lower: float = -np.inf
    upper: float = np.inf

    def __post_init__(self):
        z, x = np.array(self.z_knots, float), np.array(self.x_knots, float)
        if z.ndim != 1 or z.shape != x.shape or z.size < 2 or not (np.isfinite(z).all() and np.isfinite(x).all()):
            raise ValueError(f"z_knots and x_knots must be two equally long lists of at least 2 numbers, got {z.size} and {x.size}")
        if not ((np.diff(z) > 0).all() and (np.diff(x) > 0).all()):
            raise ValueError("z_knots and x_knots must be strictly increasing")
        if not (self.lower < x[0] and x[-1] < self.upper):
            raise ValueError(f"bounds [{self.lower}, {self.upper}] must lie outside the knots, which span [{x[0]}, {x[-1]}]")

    def to_document(self):
        """The knots as JSON values; bounds belong to the column."""
        return {"z": list(self.z_knots), "x": list(self.x_knots)}

    @classmethod
    def from_document(cls, document):
        """A margin without bounds from its knots."""
        if set(document) != {"z", "x"} or not all(isinstance(document[key], list) for key in ("z", "x")):
            raise ValueError(f"a margin has the lists z and x, got {sorted(map(str, document))[:10]}")
        return cls(tuple(map(float, document["z"])), tuple(map(float, document["x"])))

    @cached_property
    def _tables(self):
        """Knots, slopes and the guide of `margin_to_x` as arrays."""
        z, x = np.array(self.z_knots, float), np.array(self.x_knots, float)
        slopes = np.diff(x) / np.diff(z)
        cells = z[0] + (z[-1] - z[0]) * np.arange(4 * z.size) / (4 * z.size)
        guide = np.clip(np.searchsorted(z, cells, side="right") - 1, 0, z.size - 2)
        return z, x, slopes, guide

    def to_x(self, z):
        """Values at normal scores z (n,); the same bits on every machine."""
        knots, values, slopes, guide = self._tables
        z = np.ascontiguousarray(z, dtype=np.float64)
        out = np.empty_like(z)
        margin_to_x(z, knots, values, slopes, guide, float(self.lower), float(self.upper), out)
        return out

    def to_z(self, x):
        """Normal scores of values x (n,)."""
        return self._inverse(x)[0]

    def slope(self, x):
        """dx/dz at values x (n,): what turns a density in z into one in data units."""
        return self._inverse(x)[1]

    def _inverse(self, x):
        knots, values, slopes, _ = self._tables
        x = np.ascontiguousarray(x, dtype=np.float64)
        z, slope = np.empty_like(x), np.empty_like(x)
        margin_to_z(x, knots, values, slopes, float(self.lower), float(self.upper), REACH, z, slope)
        return z, slope


def learn_margin(values, *, min_count, lower=-np.inf, upper=np.inf):
    """Learn the margin of `values`.

    Parameters
    ----------
    values : array (n,) of finite float64, n >= min_count, not all equal
    min_count : int
        Rows that each knot averages at least.
    lower, upper : float
        Bounds of the values: knots are kept strictly inside.

    Returns
    -------
    Margin
        Without bounds of its own; the column adds them.
    """
    ordered = np.sort(values)
    scale = 2.0 ** min(int(np.frexp(np.abs(ordered[[0, -1]]).max())[1]), 1023)  # a power of two: sums cannot overflow, bits stay
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] > ordered[:-1]]))
    ends = np.append(starts[1:], ordered.size)
    edges = _group_edges(ends, ordered.size, min_count)
    scores = np.repeat(_normal_quantile((starts + ends) / 2 / ordered.size), ends - starts)
    x = _group_means(ordered / scale, edges)
    z = _group_means(scores, edges)
    z, x = _strictly_inside(z, x, lower / scale, upper / scale)
    if z.size < 2:
        z, x = _two_knots(ordered / scale, lower / scale, upper / scale)
    return Margin(tuple(z.tolist()), tuple((x * scale).tolist()))


def _normal_quantile(probability):
    from scipy.special import ndtri

    return ndtri(probability)


def _group_edges(ends, n, min_count):
    """Row numbers where groups begin and end: whole ties, at least `min_count` rows, about evenly spaced in z."""
    from scipy.special import ndtr

    edges, position = [0], 0
    while position < n:
        wanted = n * ndtr(_normal_quantile((position + 0.5) / n) + _SPACING)
        end = ends[np.searchsorted(ends, max(position + min_count, int(np.ceil(wanted))))] if position + min_count < n else n
        end = n if n - end < min_count else int(min(end, n))
        edges.append(end)
        position = end
    return np.array(edges)


def _group_means(ordered, edges):
    """Mean of each group, taken about its first value so that data far from zero keep their digits."""
    sizes = np.diff(edges)
    first = ordered[edges[:-1]]
    return first + np.add.reduceat(ordered - np.repeat(first, sizes), edges[:-1]) / sizes


def _strictly_inside(z, x, lower, upper):
    """Drop knots that rounding made equal, or that lie on a bound (their rows then count to the neighbour)."""
    keep = np.concatenate([[True], x[1:] > np.maximum.accumulate(x)[:-1]]) & (x > lower) & (x < upper)
    return z[keep], x[keep]


def _two_knots(ordered, lower, upper):
    """Mean -/+ one standard deviation at z = -/+ 1, for columns of too few groups."""
    centre = ordered[0] + (ordered - ordered[0]).mean()
    spread = np.sqrt(np.square(ordered - centre).mean()) or max(abs(centre), 1.0) * 2.0**-40
    below = centre - spread if centre - spread > lower else (centre + lower) / 2
    above = centre + spread if centre + spread < upper else (centre + upper) / 2
    return np.array([-1.0, 1.0]), np.array([below, above])
