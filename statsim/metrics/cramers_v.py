r"""Cramer's V with Bergsma's bias correction, its error, and a test that two tables associate two columns equally.

$\phi^2 = \sum p_{ij}^2 / (p_{i.} p_{.j}) - 1$. The error is the delta method's plus the second-order term
$2 (r-1)(c-1)/n^2$ that dominates near independence. The test is Pearson's for no three-way interaction (table x
row x column, fitted by iterative proportional fitting), so differing margins alone do not trip it; its null law is a
scaled chi-squared matched to the mean and variance over random relabellings of the rows, which keeps small cells honest.

Bergsma 2013, A bias-correction for Cramer's V and Tschuprow's T; Bartlett 1935 on interaction in contingency tables.
"""

import math

import numpy as np

from statsim.metrics.score import Score
from statsim.metrics.seeds import metric_generator


def cramers_v(table):
    """Bias-corrected Cramer's V of a table of counts.

    Parameters
    ----------
    table : int array (r, c)

    Returns
    -------
    value, error : float
        `value` is in [0, 1]; both NaN where a margin has one level only.

    Examples
    --------
    >>> from statsim.metrics import cramers_v
    >>> cramers_v([[50, 0], [0, 50]])[0]
    1.0
    """
    table = np.asarray(table, float)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    n, (r, c) = table.sum(), table.shape
    if min(r, c) < 2 or n < 4:
        return math.nan, math.nan
    phi2, error2 = _phi_squared(table / n, n)
    shrunk = max(0.0, phi2 - (r - 1) * (c - 1) / (n - 1))
    largest = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    if largest <= 0:
        return math.nan, math.nan
    value = math.sqrt(min(1.0, shrunk / largest))
    error2 /= largest
    return value, min(error2 / (2 * value), math.sqrt(error2)) if value > 0 else math.sqrt(error2)


def _phi_squared(p, n):
    """Mean square contingency of shares and its standard error."""
    rows, columns = p.sum(axis=1, keepdims=True), p.sum(axis=0, keepdims=True)
    ratio = p / (rows * columns)
    phi2 = (p * ratio).sum() - 1
    influence = 2 * ratio - (p * ratio).sum(axis=1, keepdims=True) / rows - (p * ratio).sum(axis=0, keepdims=True) / columns
    variance = max((p * influence**2).sum() - (p * influence).sum() ** 2, 0.0) / n
    degrees = (p.shape[0] - 1) * (p.shape[1] - 1)
    return phi2, math.sqrt(variance + 2 * degrees / n**2)


def association_difference(real, synthetic, *, draws=400, rng=0):
    """Cramer's V of the synthetic table of counts minus that of the real one.

    Parameters
    ----------
    real, synthetic : int array (r, c)
        Counts over the same categories.
    draws : int
        Relabellings that give the null mean and variance of the test.
    rng : int, SeedSequence or Generator
        Chooses them.

    Returns
    -------
    Score
        In [-1, 1]; 0 is perfect.

    Examples
    --------
    >>> from statsim.metrics import association_difference
    >>> association_difference([[50, 0], [0, 50]], [[25, 25], [25, 25]]).value
    -1.0
    """
    real, synthetic = np.asarray(real), np.asarray(synthetic)
    (first, first_error), (second, second_error) = cramers_v(real), cramers_v(synthetic)
    p = same_association(real, synthetic, draws=draws, rng=rng)
    return Score("Cramer's V difference", second - first, math.hypot(first_error, second_error), 0.0, 0.0, p,
                 int(real.sum()), int(synthetic.sum()))  # fmt: skip


def same_association(real, synthetic, *, draws=400, rng=0):
    """P-value that two tables of counts (r, c) have the same odds ratios, whatever their margins; NaN if undefined."""
    from scipy.special import chdtrc

    tables = np.stack([real, synthetic]).astype(np.int64)
    tables = tables[:, (tables.sum(axis=2) > 0).all(axis=0)]
    tables = tables[:, :, (tables.sum(axis=1) > 0).all(axis=0)]
    if min(tables.shape[1:]) < 2:
        return math.nan
    pooled, n = tables.sum(axis=0), int(tables[0].sum())
    generator = metric_generator(rng)
    cells = generator.multivariate_hypergeometric(pooled.ravel(), n, size=draws, method="marginals")
    drawn = cells.reshape(draws, *pooled.shape)
    null = _interaction(np.stack([drawn, pooled - drawn], axis=1))
    mean, variance = float(null.mean()), float(null.var())
    if mean < 1e-9 or variance < 1e-18:  # the margins leave no freedom
        return math.nan
    scale = variance / (2 * mean)
    return float(chdtrc(mean / scale, _interaction(tables[None])[0] / scale))


def _interaction(tables, *, cycles=12):
    """Pearson's statistic against the fit without three-way interaction, for a stack of counts (k, 2, r, c)."""
    fitted = np.ones(tables.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        for _ in range(cycles):
            for axis in (1, 2, 3):
                factor = tables.sum(axis=axis, keepdims=True) / fitted.sum(axis=axis, keepdims=True)
                fitted = fitted * np.nan_to_num(factor, nan=0.0, posinf=0.0)
        cells = np.where(fitted > 1e-9, (tables - fitted) ** 2 / fitted, 0.0)
    return cells.sum(axis=(1, 2, 3))
