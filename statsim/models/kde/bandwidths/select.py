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
from statsim.models.kde.bandwidths.moments import covariance, effective_size, spreads
from statsim.models.kde.bandwidths.plug_in import direct_plug_in
from statsim.models.kde.bandwidths.reference import FACTORS, silverman_factor
from statsim.models.kde.columns import Categorical, Interval, Line
from statsim.models.kde.parameters import DensityParameters

SELECTORS = ("scott", "silverman", "isj", "sheather_jones", "likelihood", "least_squares")


def selected_bandwidth(name, X, weights, *, kernel, columns, boundary, full, names=None):
    """The bandwidth (d,) or matrix (d, d) that selector `name` gives for rows X (n, d) with weights (n,) summing to one.

    Raises
    ------
    ArgumentError
    """
    if full:
        return _matrix(name, X, weights, kernel, columns, names)
    measured = [j for j, kind in enumerate(columns) if not isinstance(kind, Categorical)]
    n, d = effective_size(weights), X.shape[1]
    h = np.array([_mismatch(kind, n, d) for kind in columns])
    if measured:
        kinds = [columns[j] for j in measured]
        label = None if names is None else [names[j] for j in measured]
        h[measured] = _measured(name, X[:, measured], weights, kinds, n, d, label) * kernel.canonical_factor(len(measured))
    if name == "likelihood" and not all(isinstance(kind, Line) for kind in columns):
        start = DensityParameters(X, weights, h, None, kernel, columns, boundary)
        return best_mixed_bandwidth(start)
    return h


def _mismatch(kind, n, d):
    """Where a categorical column begins."""
    return min(n ** (-2.0 / (d + 4)), 1 - 1 / len(kind.values)) if isinstance(kind, Categorical) else 0.0


def _measured(name, X, weights, kinds, n, d, names):
    """Bandwidths of a Gaussian kernel for columns with numbers."""
    sd = spreads(X, weights, kinds, names)
    if name in FACTORS:
        return sd * FACTORS[name](n, d)
    if name == "isj":
        return np.array([_improved(np.ascontiguousarray(X[:, j]), weights, n, sd[j], kinds[j]) for j in range(X.shape[1])]) * n ** (1 / 5 - 1 / (d + 4))
    if name == "sheather_jones":
        return np.array([direct_plug_in(np.ascontiguousarray(X[:, j]), weights, n, sd[j]) for j in range(X.shape[1])]) * n ** (1 / 5 - 1 / (d + 4))
    start = sd * silverman_factor(n, d)
    if all(isinstance(kind, Line) for kind in kinds):
        return best_bandwidth(name, X, weights, start)
    if name == "least_squares":
        raise ArgumentError("bandwidth='least_squares' needs columns that may be any number; use 'likelihood', which knows bounded, circular and categorical ones")
    return start


def _improved(x, weights, n, sd, kind):
    """The improved Sheather-Jones bandwidth; Silverman's with a warning where its equation has no root."""
    equal = np.zeros(0) if (weights == weights[0]).all() else weights
    ends = (kind.low, kind.high) if isinstance(kind, Interval) else (-np.inf, np.inf)
    found = improved_sheather_jones(x, equal, n, *ends)
    if found is None:
        warnings.warn("bandwidth='isj': its equation has no solution for these rows (too few, or too many ties); Silverman's rule is used", FitWarning, stacklevel=2)
        return sd * silverman_factor(n, 1)
    return found


def _matrix(name, X, weights, kernel, columns, names):
    """The bandwidth matrix: the covariance of the rows times a squared factor."""
    if name not in FACTORS:
        raise ArgumentError(f"bandwidth={name!r} gives one bandwidth for each column; with bandwidth_type='full' use 'scott' or 'silverman', or give a matrix")
    spreads(X, weights, columns, names)
    n, d = effective_size(weights), X.shape[1]
    matrix = covariance(X, weights)
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
    return scores(criterion, table[keep], weights[keep], tried, num_threads=num_threads)
