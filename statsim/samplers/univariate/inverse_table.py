"""The inverse of a distribution function as polynomials of degree 5 on dyadic intervals of probability."""

from dataclasses import dataclass

import numpy as np

from statsim.errors import SamplerError

DEGREE = 5
_T = 0.5 - 0.5 * np.cos(np.pi * np.arange(DEGREE + 1) / DEGREE)
_CHECKS = 0.5 * (_T[:-1] + _T[1:])  # near where the error of interpolation is largest
_TO_POWERS = np.linalg.inv(np.vander(_T, increasing=True))
_LAST = 4  # an interval of 2^4 words is not split: it has probability 2^-60
_SIZES = (8, 9, 10, 11)
_SPLIT = 0.03  # share of cells that may be split before more cells are tried
_MOST = 50_000
_TAIL = 1e-4  # largest error relative to the probability of the tail that a draw is in


@dataclass(frozen=True)
class InverseTable:
    """What `statsim.kernels.univariate.inversion` draws from.

    Attributes
    ----------
    bits : int
    coefficients : ndarray (2^bits + leaves, 6)
    split : ndarray (2^bits,), int64
    starts : ndarray (leaves,), uint64
    scales : ndarray (leaves,)
    u_error : float
        Largest error of probability met at the control points.
    """

    bits: int
    coefficients: np.ndarray
    split: np.ndarray
    starts: np.ndarray
    scales: np.ndarray
    u_error: float

    def arguments(self):
        """The arrays in the order that the kernels take them."""
        return self.bits, self.coefficients, self.split, self.starts, self.scales


def inverse_table(density, *, u_resolution):
    """The table for a `PiecewiseDensity`, with the fewest cells of which 3 % at most are split.

    Raises
    ------
    SamplerError
        When more than 50 000 intervals would be needed.
    """
    for bits in _SIZES:
        starts = np.arange(2**bits, dtype=np.uint64) << np.uint64(64 - bits)
        rows, errors = _polynomials(density, starts, np.full(starts.size, 64 - bits))
        if (errors > u_resolution).mean() <= _SPLIT or bits == _SIZES[-1]:
            return _with_split_cells(density, bits, starts, rows, errors, u_resolution)


def _with_split_cells(density, bits, starts, rows, errors, u_resolution):
    rough = errors > u_resolution
    worst = errors[~rough].max(initial=0.0)
    done, todo, widths = [], starts[rough], np.full(int(rough.sum()), 64 - bits)
    while todo.size:
        widths = np.repeat(widths - 1, 2)
        todo = np.repeat(todo, 2)
        todo[1::2] += np.uint64(1) << widths[1::2].astype(np.uint64)
        leaf_rows, leaf_errors = _polynomials(density, todo, widths)
        good = (leaf_errors <= u_resolution) | (widths <= _LAST)
        worst = max(worst, leaf_errors[leaf_errors <= u_resolution].max(initial=0.0))
        done.append((todo[good], widths[good], leaf_rows[good]))
        todo, widths = todo[~good], widths[~good]
        if todo.size + sum(len(part[0]) for part in done) > _MOST:
            raise SamplerError(f"the inverse needs more than {_MOST} intervals for u_resolution={u_resolution!r}; allow a larger one")
    return _assembled(bits, rows, rough, done, float(worst))


def _assembled(bits, rows, rough, done, worst):
    split = np.full(2**bits, -1, np.int64)
    if not done:
        return InverseTable(bits, np.ascontiguousarray(rows), split, np.empty(0, np.uint64), np.empty(0), worst)
    starts, widths, leaf_rows = (np.concatenate([part[i] for part in done]) for i in range(3))
    order = np.argsort(starts)
    starts, widths, leaf_rows = starts[order], widths[order], leaf_rows[order]
    cells = np.flatnonzero(rough)
    split[cells] = np.searchsorted(starts, cells.astype(np.uint64) << np.uint64(64 - bits))
    return InverseTable(bits, np.concatenate([rows, leaf_rows]), split, starts, 0.5 ** widths.astype(np.float64), worst)


def _polynomials(density, starts, widths):
    """Power coefficients (n, 6) on intervals of 2^widths words from `starts`, and their errors, made larger in the tails.

    An interval of 2^4 words at an end of the line, where x may be infinite, is given a straight line.
    """
    right = starts >= np.uint64(2**63)
    size = 2.0 ** (widths - 64.0)
    nearest = np.where(right, (np.uint64(0) - starts).astype(np.float64), starts.astype(np.float64)) * 2.0**-64
    sign = np.where(right, -1.0, 1.0)

    def probability(t):
        return np.maximum(nearest[:, None] + (sign * size)[:, None] * t, 0.0)

    sides = np.broadcast_to(right[:, None], (starts.size, DEGREE + 1))
    last = widths <= _LAST
    v = probability(np.where(last[:, None], 1 / 16 + _T * 14 / 16, _T))
    x = density.quantile(v, sides)
    rows = (x - x[:, :1]) @ _TO_POWERS.T
    rows[:, 0] = x[:, 0]
    rows[last, 1:] = 0.0
    rows[last, 1] = x[last, -1] - x[last, 0]
    wanted = probability(_CHECKS)
    x = np.polynomial.polynomial.polyval(_CHECKS, rows.T)
    got, height = density.tail(x, sides[:, :DEGREE])
    return rows, _judged(got, wanted, 4.0 * np.abs(height) * np.spacing(np.abs(x)))


def _judged(got, wanted, rounding):
    """Errors (n,): in probability, less what the rounding of x explains; 1 where they are too large for a small tail."""
    error = np.maximum(np.abs(got - wanted) - rounding, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(error, np.where(error > _TAIL * wanted, 1.0, 0.0)).max(1)
