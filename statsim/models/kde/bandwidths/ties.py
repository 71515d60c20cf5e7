r"""What is left out with a row in cross-validation where rows, or values of columns, occur more than once.

A row that is left out while a copy of it stays is predicted by the copy, the better the narrower the kernel, and the criterion can grow without end as the bandwidth goes to zero
(Silverman 1986, section 3.4.3; Chiu 1991, Biometrika 78, on rounded data). Two kinds of data have copies.

Columns recorded in steps (counts, rounded measurements) have them by their nature: at least half of the gaps between neighbouring values are the least one, the step. Copies stay, and the
bandwidth is at least half a step: equal Gaussian kernels half a step wide, a step apart, are level within :math:`2 e^{-2 \pi^2 / 4}`, 1.5 %, and narrower ones show the steps as peaks.

Elsewhere copies are the same row again (a weight, a bootstrap): they are left out together, as one row with the sum of the weights. The bandwidth of a column whose values are shared by
different rows is at least half the least gap between them.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from statsim.errors import FitWarning
from statsim.models.kde.bandwidths.moments import effective_size

_NOISE = 1e-9  # values of a column closer than this part of its range are one value with rounding
_AT_THE_LEAST = 1.001


@dataclass(frozen=True)
class Counting:
    """What weights (n,) summing to one mean: `total` rows where they count rows, else None and Kish's effective number of them."""

    weights: np.ndarray
    total: float | None = None

    @property
    def n(self):
        """The number of rows that count."""
        return effective_size(self.weights) if self.total is None else self.total

    @property
    def units(self):
        """What one row has of each weight (n,)."""
        return self.weights if self.total is None else np.full(len(self.weights), 1.0 / self.total)


@dataclass(frozen=True)
class LeftOut:
    """Rows (n, d) with weights (n,) summing to one, of which `kept` (n,) stays when a row is left out; `least` (d,) bandwidths."""

    rows: np.ndarray
    weights: np.ndarray
    kept: np.ndarray
    least: np.ndarray
    copies_stay: bool = False


def left_out(X, counting):
    """The `LeftOut` of rows X (n, d) of numbers with weights of a `Counting`."""
    rows, weights = merged_rows(X, counting.weights)
    if len(rows) == len(X) or not all(_in_steps(column) for column in rows.T):
        return LeftOut(rows, weights, np.zeros(len(rows)), np.array([_shared_half_step(column) for column in rows.T]))
    units, least = counting.units, np.array([0.5 * _gaps(column).min() for column in rows.T])
    if (units != units[0]).any():
        return LeftOut(X, counting.weights, np.zeros(len(X)), least, copies_stay=True)
    n = 1.0 / units[0]
    return LeftOut(rows, weights, (np.rint(weights * n) - 1.0) / n, least, copies_stay=True)


def merged_rows(X, weights):
    """The different rows (k, d) and their weights (k,); as they are where no row occurs twice."""
    rows, which = np.unique(X, axis=0, return_inverse=True)
    if len(rows) == len(X):
        return X, weights
    return np.ascontiguousarray(rows), np.bincount(which.ravel(), weights)


def _gaps(column):
    values = np.unique(column)
    gaps = np.diff(values)
    return gaps[gaps > _NOISE * (values[-1] - values[0])]


def _in_steps(column):
    gaps = _gaps(column)
    return gaps.size > 0 and np.count_nonzero(gaps <= gaps.min() * (1 + 1e-6)) >= 0.5 * gaps.size


def _shared_half_step(column):
    """Half the least gap between values of a column; 0 where no two rows share one."""
    return 0.0 if len(np.unique(column)) in (1, len(column)) else 0.5 * _gaps(column).min()


def warn_of_steps(name, bandwidth, least, names):
    """Warn of columns whose bandwidth (d,) ended at its least value (d,)."""
    for j in np.flatnonzero((least > 0) & (bandwidth <= _AT_THE_LEAST * least)):
        label = j if names is None else repr(names[j])
        warnings.warn(
            f"bandwidth={name!r}: rows share their values of column {label}, and the criterion is best without any smoothing of it; its bandwidth is kept at "
            f"{bandwidth[j]:.6g}, half a step between values; declare it Categorical in support=, or give bandwidth= a number",
            FitWarning,
            stacklevel=2,
        )
