r"""The density on a grid of one or two columns: linear binning, then a convolution by Fourier transform.

Silverman (1982), Applied Statistics 31, algorithm AS 176; Wand (1994), Journal of Computational and Graphical Statistics 3. The binning replaces a kernel by its linear
interpolation between grid points, an error of :math:`\delta^2 |K''| / 8` at most for a step of delta bandwidths. That is a convolution with a triangle, which for
smooth kernels is divided out in the frequency domain, where it is sinc^2 (Dutt, Rokhlin 1993, SIAM Journal on Scientific Computing 14): order delta^4 is left. The grid is refined, within
limits, until delta is small. Images of a bounded or circular column are binned like data.
"""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.kde.binning import bin_line, bin_plane
from statsim.models.kde.columns import Categorical, Circular, Interval

_SMOOTH = ("gaussian", "biweight")
_REACH = 6.5  # a Gaussian kernel is below 1e-9 of its height beyond
_FINE = {1: ((32.0, 2**18),), 2: ((8.0, 2**9), (4.0, 2**11))}  # cells to a bandwidth that are aimed at within so many cells of an axis, by number of columns


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
    return tuple(axis.points for axis in axes), np.maximum(_convolved(law, axes), 0.0)


def _require_grid(law):
    if law.shape[1] > 2:
        raise ArgumentError(f"a grid needs one or two columns, this estimate has {law.shape[1]}; use model.marginal([i, j]).on_grid(...)")
    if law.factors is not None or law.is_renormalised or any(isinstance(kind, Categorical) for kind in law.columns):
        raise ArgumentError("a grid needs one bandwidth for all rows, reflected bounds and no categorical column; use score_samples at the points instead")


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
    """How wide the kernel is along each axis."""
    return np.sqrt(np.diagonal(law.bandwidth)) if law.is_full else law.bandwidth


class _Axis:
    """A grid of `size` points from low to high, and the finer and longer one that the work is done on."""

    def __init__(self, law, j, size, low, high):
        self.points = np.linspace(low, high, size)
        width = _widths(law)[j]
        step, sharp = (high - low) / (size - 1), 1.0 if law.kernel.name in _SMOOTH else 4.0
        reach = min((_REACH if law.kernel.name == "gaussian" else law.kernel.reach) * width, 2 * (high - low) + (law.rows[:, j].max() - law.rows[:, j].min()))
        least = size + 2 * np.ceil(reach / step)
        refined = int(max(1, *(min(np.ceil(sharp * aim * step / width), most // least) for aim, most in _FINE[law.shape[1]])))
        self.step, self.refined = step / refined, refined
        self.reach = int(np.ceil(reach / self.step))
        self.low, self.inner = low - self.reach * self.step, (size - 1) * refined + 1
        self.cells = self.inner + 2 * self.reach
        kind = law.columns[j]
        self.kept = (kind.low, kind.high) if isinstance(kind, (Interval, Circular)) else (-np.inf, np.inf)

    def lags(self):
        """Distances (2 reach + 1,) from the middle of the kernel."""
        return self.step * np.arange(-self.reach, self.reach + 1)

    def images(self, law, j):
        """Places (k, n) of the rows and their images."""
        if isinstance(law.columns[j], (Interval, Circular)):
            signs, shifts = law.images(j)
            return signs[:, None] * (law.rows[:, j] - law.origin[j]) + shifts[:, None] * law.bandwidth[j] + law.origin[j]
        return law.rows[None, :, j]

    def covers(self, x):
        """Which places count on this axis."""
        return (x >= self.low) & (x <= self.low + (self.cells - 1) * self.step)


def _convolved(law, axes):
    equal = (law.weights == law.weights[0]).all()
    weights = np.zeros(0) if equal else law.weights
    counts = (_binned_line if len(axes) == 1 else _binned_plane)(law, axes, weights)
    if equal:
        counts *= law.weights[0]
    density = _radial(law, axes, counts) if law.is_full and len(axes) == 2 else _separable(law, axes, counts)
    for place, axis in enumerate(axes):
        shape = [1] * len(axes)
        shape[place] = -1
        density = density * ((axis.points >= axis.kept[0]) & (axis.points <= axis.kept[1])).reshape(shape)
    return density


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
            bin_plane(rows, mass, low, step, counts)
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
        spectrum = rfft(counts, length, axis=place) * (rfft(kernel, length) / _triangle(law, rfftfreq(length))).reshape(shape)
        start = 2 * axis.reach
        counts = np.take(irfft(spectrum, length, axis=place), np.arange(start, start + axis.inner, axis.refined), axis=place)
    return counts


def _radial(law, axes, counts):
    """One convolution in the plane."""
    from scipy.fft import fftfreq, irfft2, next_fast_len, rfft2, rfftfreq

    first, second = np.meshgrid(*(axis.lags() for axis in axes), indexing="ij")
    white = np.linalg.solve(law.lower, np.stack([first.ravel(), second.ravel()]))
    r = np.sqrt((white**2).sum(axis=0)).reshape(first.shape)
    kernel = np.exp(law.log_constant()) * law.kernel.density(r) / law.kernel.density(0.0)
    lengths = [next_fast_len(axis.cells, real=True) for axis in axes]
    triangle = _triangle(law, fftfreq(lengths[0]))[:, None] * _triangle(law, rfftfreq(lengths[1]))
    whole = irfft2(rfft2(counts, lengths) * rfft2(kernel, lengths) / triangle, lengths)
    cut = [np.arange(2 * axis.reach, 2 * axis.reach + axis.inner, axis.refined) for axis in axes]
    return whole[np.ix_(*cut)]


def _triangle(law, frequencies):
    """What linear binning multiplies a spectrum by, where it is divided out; ones for kernels with a bend, which would ring."""
    return np.sinc(frequencies) ** 2 if law.kernel.name in _SMOOTH else np.ones(len(frequencies))
