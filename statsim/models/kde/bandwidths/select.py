"""The bandwidth that a name stands for.

Every selector answers for a Gaussian kernel; another kernel gets that answer times its canonical factor. Selectors of one column are used column by column,
with :math:`n^{1/5 - 1/(d+4)}` for d columns. A categorical column begins with the rate :math:`n^{-2/(d+4)}` of its optimum (Li, Racine 2007,
Nonparametric Econometrics, chapter 4).
"""

import warnings

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, FitWarning
from statsim.models.kde.bandwidths.cross_validation import CRITERIA, best_bandwidth, scores
from statsim.models.kde.bandwidths.improved_sheather_jones import improved_sheather_jones
from statsim.models.kde.bandwidths.mixed_likelihood import best_mixed_bandwidth
from statsim.models.kde.bandwidths.moments import covariance, spreads
from statsim.models.kde.bandwidths.plug_in import direct_plug_in
from statsim.models.kde.bandwidths.reference import FACTORS, silverman_factor
from statsim.models.kde.bandwidths.ties import Counting, left_out, merged_rows, warn_of_steps
from statsim.models.kde.columns import Categorical, Interval, Line
from statsim.models.kde.parameters import DensityParameters

SELECTORS = ("scott", "silverman", "isj", "sheather_jones", "likelihood", "least_squares")


def selected_bandwidth(name, X, counting, *, kernel, columns, boundary, full, names=None):
    """The bandwidth (d,) or matrix (d, d) that selector `name` gives for rows X (n, d) with weights of a `Counting`.

    Raises
    ------
    ArgumentError
    """
    if full:
        return _matrix(name, X, counting, kernel, columns, names)
    measured = [j for j, kind in enumerate(columns) if not isinstance(kind, Categorical)]
    n, d = counting.n, X.shape[1]
    h = np.array([_mismatch(kind, n, d) for kind in columns])
    if measured:
        kinds = [columns[j] for j in measured]
        label = None if names is None else [names[j] for j in measured]
        h[measured] = _measured(name, X[:, measured], counting, kinds, d, label) * kernel.canonical_factor(len(measured))
    if name == "likelihood" and not all(isinstance(kind, Line) for kind in columns):
        return _mixed(X, counting, h, kernel, columns, boundary, measured, names)
    return h


def _mixed(X, counting, start, kernel, columns, boundary, measured, names):
    """Leave-one-out likelihood with the estimate's own kernels."""
    rows, weights, least = X, counting.weights, np.zeros(X.shape[1])
    if measured:
        numbers = left_out(X[:, measured], counting)
        least[measured] = numbers.least
    if measured and not numbers.copies_stay:
        rows, weights = merged_rows(X, weights)
    elif counting.total is not None:
        copies = np.rint(weights * counting.total).astype(np.int64)
        rows, weights = np.repeat(X, copies, axis=0), np.full(copies.sum(), 1.0 / counting.total)
    found = best_mixed_bandwidth(DensityParameters(rows, weights, start, None, kernel, columns, boundary), least)
    warn_of_steps("likelihood", found, least, names)
    return found


def _mismatch(kind, n, d):
    """Where a categorical column begins."""
    return min(n ** (-2.0 / (d + 4)), 1 - 1 / len(kind.values)) if isinstance(kind, Categorical) else 0.0


def _measured(name, X, counting, kinds, d, names):
    """Bandwidths of a Gaussian kernel for columns with numbers."""
    n = counting.n
    sd = spreads(X, counting.weights, n, kinds, names)
    if name in FACTORS:
        return sd * FACTORS[name](n, d)
    if name in _OF_COLUMNS:
        found = [_OF_COLUMNS[name](np.ascontiguousarray(X[:, j]), counting, sd[j], kind) for j, kind in enumerate(kinds)]
        return np.array([_or_silverman(h, name, n, s) for h, s in zip(found, sd, strict=True)]) * n ** (1 / 5 - 1 / (d + 4))
    start = sd * silverman_factor(n, d)
    if all(isinstance(kind, Line) for kind in kinds):
        data = left_out(X, counting)
        found = best_bandwidth(name, data, start)
        warn_of_steps(name, found, data.least, names)
        return found
    if name == "least_squares":
        raise ArgumentError("bandwidth='least_squares' needs columns that may be any number; use 'likelihood', which knows bounded, circular and categorical ones")
    return start


def _improved(x, counting, sd, kind):
    weights = counting.weights
    equal = np.zeros(0) if (weights == weights[0]).all() else weights
    ends = (kind.low, kind.high) if isinstance(kind, Interval) else (-np.inf, np.inf)
    return improved_sheather_jones(x, equal, counting.n, *ends)


def _plug_in(x, counting, sd, kind):
    return direct_plug_in(x, counting.weights, counting.units, counting.n, sd)


_OF_COLUMNS = {"isj": _improved, "sheather_jones": _plug_in}


def _or_silverman(h, name, n, sd):
    """The bandwidth h; Silverman's with a warning where it is None."""
    if h is None:
        warnings.warn(f"bandwidth={name!r}: its equation has no solution for these rows (too few, too many ties, or tails too long); Silverman's rule is used", FitWarning, stacklevel=2)
        return sd * silverman_factor(n, 1)
    return h


def _matrix(name, X, counting, kernel, columns, names):
    """The bandwidth matrix: the covariance of the rows times a squared factor."""
    if name not in FACTORS:
        raise ArgumentError(f"bandwidth={name!r} gives one bandwidth for each column; with bandwidth_type='full' use 'scott' or 'silverman', or give a matrix")
    n, d = counting.n, X.shape[1]
    spreads(X, counting.weights, n, columns, names)
    matrix = covariance(X, counting.weights, n)
    sd = np.sqrt(np.diagonal(matrix))
    if np.linalg.eigvalsh(matrix / np.outer(sd, sd)).min() < 1e-12:
        raise ArgumentError(
            f"the covariance of X ({X.shape[0]} rows, {d} columns) is singular: columns depend on each other, or there are too few rows; "
            f"use bandwidth_type='diag', or leave columns out"
        )
    return matrix * (FACTORS[name](n, d) * kernel.radial_factor(d)) ** 2


def cross_validated(criterion, X, bandwidths, sample_weight, num_threads):
    """The criterion (k,) at bandwidths (k,) or (k, d) of a Gaussian kernel."""
    checks.choice(criterion, "criterion", tuple(CRITERIA))
    table = checks.data_matrix(X, minimum_rows=2)
    weights = checks.sample_weights(sample_weight, len(table))
    weights = np.full(len(table), 1 / len(table)) if weights is None else weights / weights.sum()
    tried = np.asarray(bandwidths, np.float64)
    tried = np.repeat(tried[:, None], table.shape[1], axis=1) if tried.ndim == 1 else tried
    if tried.ndim != 2 or tried.shape[1] != table.shape[1]:
        raise ArgumentError(f"bandwidths must be (k,) or (k, {table.shape[1]}), got shape {np.shape(bandwidths)}")
    if not (np.isfinite(tried) & (tried > 0)).all():
        raise ArgumentError(f"bandwidths must be finite and above 0, got {float(tried[~(np.isfinite(tried) & (tried > 0))][0])}")
    keep = weights > 0
    data = left_out(table[keep], Counting(weights[keep]))
    if len(data.rows) < 2:
        raise ArgumentError("X has the same row over and over, and nothing is left when it is left out; cross-validation needs at least two different rows")
    return scores(criterion, data, tried, num_threads=num_threads)
