r"""The density on a grid of one or two columns: a Gaussian kernel by binning and a Fourier transform, what is not smooth by the sum at each point.

Silverman (1982), Applied Statistics 31, algorithm AS 176; Wand (1994), Journal of Computational and Graphical Statistics 3. Binning replaces the kernel, as a function of the datum, by its interpolation
between grid points, delta bandwidths apart.

One column: linear interpolation is a convolution with a triangle, which is divided out in the frequency domain, where it is sinc^2. What is left for a datum at theta between two points is
:math:`\delta^2 K''(\theta (1 - \theta) / 2 - 1/12)`, at most :math:`\delta^2 |K''| / 12`, and for many rows a small part of it, as theta is spread evenly. Two columns: cubic interpolation errs by
:math:`(3/128) \delta^4 |K^{(4)}|` at most (Lagrange's remainder), and along one axis enlarges the error along the other by 5/4 at most.

Of a Gaussian K these derivatives, anywhere within two steps, are below a sum of shifted kernels with coefficients that add up to 1.5 and, for :math:`\delta \le 1/5`, 5.4; and a sum of kernels
at shifted places is the density there. So the error is below :math:`0.125 \delta^2` of the density's largest value in one column, :math:`0.285 \delta^4` in two. The grid is refined until
that is below 1e-5 and 3e-4. Images of a bounded or circular column are binned like data. A kernel with a bend or a jump has no such bound, and a bandwidth too small for the finest grid reaches few rows: both
are summed without binning.
"""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.kde.binning import bin_line, bin_plane_cubic
from statsim.models.kde.columns import Categorical, Circular, Interval

ERROR = {1: 1e-5, 2: 3e-4}
"""The largest error by the number of columns, as a part of the density's largest value."""
_CELLS = {1: 115.0, 2: 6.0}  # to a bandwidth: 0.125 / 115^2 = 9.5e-6, 0.285 / 6^4 = 2.2e-4
_MOST_CELLS = {1: 2**18, 2: 2**22}
_REACH = 6.5  # what a Gaussian kernel has beyond is below 2e-9 of the density's largest value, by the same argument
_STENCIL = 2  # cells that binning takes beside a datum


def density_on_grid(law, points, bounds):
    """(axes, density): a tuple of d arrays, and an array with one axis for each.

    Raises
    ------
    ArgumentError
    """
    d = law.shape[1]
    _require_grid(law)
    counts = list(points) if isinstance(points, (tuple, list, np.ndarray)) else [points] * d
    if len(counts) != d:
        raise ArgumentError(f"points must be a number or one for each of {d} columns, got {points!r}")
    sizes = [checks.integer(count, "points", minimum=2, maximum=2**20 if d == 1 else 2**13) for count in counts]
    ranges = [_range(law, j, None if bounds is None else bounds.get(j)) for j in range(d)]
    axes = [_Axis(law, j, size, *ends) for j, (size, ends) in enumerate(zip(sizes, ranges, strict=True))]
    binned = law.kernel.name == "gaussian" and law.factors is None and not law.is_renormalised
    density = _convolved(law, axes) if binned and np.prod([float(axis.cells) for axis in axes]) <= _MOST_CELLS[d] else _summed(law, axes)
    return tuple(axis.points for axis in axes), np.maximum(density, 0.0) * _kept(axes)


def _require_grid(law):
    if law.shape[1] > 2:
        raise ArgumentError(f"a grid needs one or two columns, this estimate has {law.shape[1]}; use model.marginal([i, j]).on_grid(...)")
    if any(isinstance(kind, Categorical) for kind in law.columns):
        raise ArgumentError("a grid needs columns of numbers, and one of this estimate is categorical; use model.given({j: value}).on_grid(...)")


def _range(law, j, given):
    kind, column = law.columns[j], law.rows[:, j]
    if given is not None:
        low, high = given
        if not -np.inf < low < high < np.inf:
            raise ArgumentError(f"bounds[{j}] must be finite with low below high, got {given!r}")
        return float(low), float(high)
    margin = min(law.kernel.reach, 4.0) * _widths(law)[j]
    low, high = column.min() - margin, column.max() + margin
    if isinstance(kind, Circular):
        return kind.low, kind.high
    return (max(low, kind.low), min(high, kind.high)) if isinstance(kind, Interval) else (low, high)


def _widths(law):
    """How wide the widest kernel is along each axis."""
    return (np.sqrt(np.diagonal(law.bandwidth)) if law.is_full else law.bandwidth) / law.scales.min()


def _sharpness(law):
    """Bandwidths to a unit of each axis, the other column fixed: with a matrix H the root of the diagonal of its inverse."""
    return np.sqrt(np.diagonal(np.linalg.inv(law.bandwidth))) if law.is_full else 1.0 / law.bandwidth


class _Axis:
    """A grid of `size` points from low to high, and the finer and longer one that binning is done on."""

    def __init__(self, law, j, size, low, high):
        self.points = np.linspace(low, high, size)
        step = (high - low) / (size - 1)
        reach = min(_REACH * _widths(law)[j], 2 * (high - low) + (law.rows[:, j].max() - law.rows[:, j].min()))
        self.refined = max(1, int(min(np.ceil(_CELLS[law.shape[1]] * step * _sharpness(law)[j]), _MOST_CELLS[1])))
        self.step = step / self.refined
        self.reach = int(min(np.ceil(reach / self.step), _MOST_CELLS[1])) + _STENCIL
        self.low, self.inner = low - self.reach * self.step, (size - 1) * self.refined + 1
        self.cells = self.inner + 2 * self.reach
        self.kind = law.columns[j]

    def kept(self):
        """Which points the column can take."""
        low, high = (self.kind.low, self.kind.high) if isinstance(self.kind, (Interval, Circular)) else (-np.inf, np.inf)
        return (self.points >= low) & (self.points <= high)

    def places(self):
        """The points as values of the column: the end of a turn is its beginning; others that it cannot take are moved to where it begins."""
        if isinstance(self.kind, Circular):
            return np.where(self.kept() & (self.points < self.kind.high), self.points, self.kind.low)
        return self.points

    def lags(self):
        """Distances (2 reach + 1,) from the middle of the kernel."""
        return self.step * np.arange(-self.reach, self.reach + 1)

    def images(self, law, j):
        """Places (k, n) of the rows and their images."""
        if isinstance(self.kind, (Interval, Circular)):
            signs, shifts = law.images(j)
            return signs[:, None] * (law.rows[:, j] - law.origin[j]) + shifts[:, None] * law.bandwidth[j] + law.origin[j]
        return law.rows[None, :, j]

    def covers(self, x):
        """Which places have all their cells on this axis; others are out of reach of the points."""
        return (x >= self.low + self.step) & (x <= self.low + (self.cells - 2) * self.step)


def _kept(axes):
    kept = axes[0].kept()
    return kept if len(axes) == 1 else np.outer(kept, axes[1].kept())


def _summed(law, axes):
    """The density at every point, as `score_samples` has it."""
    from statsim.models.kde.evaluation import Evaluator

    at = np.stack(np.meshgrid(*(axis.places() for axis in axes), indexing="ij"), axis=-1)
    return np.exp(Evaluator(law).log_density(at.reshape(-1, len(axes)))).reshape(at.shape[:-1])


def _convolved(law, axes):
    equal = (law.weights == law.weights[0]).all()
    weights = np.zeros(0) if equal else law.weights
    counts = (_binned_line if len(axes) == 1 else _binned_plane)(law, axes, weights)
    if equal:
        counts *= law.weights[0]
    return _radial(law, axes, counts) if law.is_full and len(axes) == 2 else _separable(law, axes, counts)


def _binned_line(law, axes, weights):
    (axis,), counts = axes, np.zeros(axes[0].cells)
    for places in axis.images(law, 0):
        keep = axis.covers(places)
        rows, mass = (places, weights) if keep.all() else (places[keep], weights[keep] if weights.size else weights)
        bin_line(np.ascontiguousarray(rows), mass, axis.low, axis.step, counts)
    return counts


def _binned_plane(law, axes, weights):
    counts = np.zeros([axis.cells for axis in axes])
    low, step = np.array([axis.low for axis in axes]), np.array([axis.step for axis in axes])
    for first in axes[0].images(law, 0):
        for second in axes[1].images(law, 1):
            keep = axes[0].covers(first) & axes[1].covers(second)
            rows, mass = np.column_stack([first, second]), weights
            if not keep.all():
                rows, mass = rows[keep], weights[keep] if weights.size else weights
            bin_plane_cubic(rows, mass, low, step, counts)
    return counts


def _separable(law, axes, counts):
    """One convolution along each axis, of which only the points asked for are kept: a transform as long as the axis wraps round into points that are not."""
    from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

    for place, axis in reversed(list(enumerate(axes))):
        h = _widths(law)[place]
        kernel = law.kernel.density(axis.lags() / h) / h
        length = next_fast_len(axis.cells, real=True)
        shape = [1] * len(axes)
        shape[place] = -1
        triangle = np.sinc(rfftfreq(length)) ** 2 if len(axes) == 1 else 1.0
        spectrum = rfft(counts, length, axis=place) * (rfft(kernel, length) / triangle).reshape(shape)
        start = 2 * axis.reach
        counts = np.take(irfft(spectrum, length, axis=place), np.arange(start, start + axis.inner, axis.refined), axis=place)
    return counts


def _radial(law, axes, counts):
    """One convolution in the plane."""
    from scipy.fft import irfft2, next_fast_len, rfft2

    first, second = np.meshgrid(*(axis.lags() for axis in axes), indexing="ij")
    white = np.linalg.solve(law.lower, np.stack([first.ravel(), second.ravel()]))
    r = np.sqrt((white**2).sum(axis=0)).reshape(first.shape)
    kernel = np.exp(law.log_constant()) * law.kernel.density(r) / law.kernel.density(0.0)
    lengths = [next_fast_len(axis.cells, real=True) for axis in axes]
    whole = irfft2(rfft2(counts, lengths) * rfft2(kernel, lengths), lengths)
    cut = [np.arange(2 * axis.reach, 2 * axis.reach + axis.inner, axis.refined) for axis in axes]
    return whole[np.ix_(*cut)]
