"""Every score of one column: agreement, distances, location, spread, range, missing share."""

import math
from dataclasses import dataclass, replace

import numpy as np

from statsim.metrics.arrays import counts, unit_range
from statsim.metrics.chi_squared import same_proportion
from statsim.metrics.columns import ColumnPair
from statsim.metrics.energy import energy_distance
from statsim.metrics.kolmogorov_smirnov import ks_complement
from statsim.metrics.rank_tests import beyond_range, location_shift, spread_ratio
from statsim.metrics.score import NOT_TESTED, Score
from statsim.metrics.total_variation import tv_complement_of_counts
from statsim.metrics.wasserstein import wasserstein


@dataclass(frozen=True, slots=True)
class Marginal:
    """Scores of one column; those that do not apply to its kind, or lack values, are None.

    Parameters
    ----------
    column : ColumnPair
    missing : Score
        Synthetic minus real share of missing values.
    agreement : Score
        Kolmogorov-Smirnov or total variation complement.
    distance, energy : Score
        Wasserstein-1 in the column's units; energy distance over the real standard deviation.
    shift, spread, beyond : Score
        Mean, standard deviation, values outside the real range.
    decimals : int or None
        Decimals every real value has; None where there is no such rounding.
    finer : float
        Share of synthetic values with more decimals than that.
    """

    column: ColumnPair
    missing: Score
    agreement: Score = None
    distance: Score = None
    energy: Score = None
    shift: Score = None
    spread: Score = None
    beyond: Score = None
    decimals: int = None
    finer: float = 0.0


def marginal(column):
    """All scores of one `ColumnPair`."""
    real, synthetic = column.present
    missing = _missing(column)
    if column.kind == "identifier" or min(real.size, synthetic.size) < 2:
        return Marginal(column, missing)
    if column.kind == "categorical":
        return Marginal(column, missing, agreement=tv_complement_of_counts(counts(real, synthetic)))
    return _numeric(column, missing, real, synthetic)


def _numeric(column, missing, real, synthetic):
    x, y, exponent = unit_range(real, synthetic)
    sd = x.std()
    energy = energy_distance(x, y)
    decimals, finer = _rounding(real, synthetic) if not column.unit else (None, 0.0)
    return Marginal(
        column, missing,
        agreement=ks_complement(x, y),
        distance=_times(wasserstein(x, y), exponent),
        energy=_divided(energy, sd) if sd > 0 else None,
        shift=_times(location_shift(x, y), exponent),
        spread=spread_ratio(x, y),
        beyond=beyond_range(x, y),
        decimals=decimals, finer=finer,
    )  # fmt: skip


def _times(score, exponent):
    value, error, expected = (math.ldexp(x, exponent) for x in (score.value, score.error, score.expected))
    return replace(score, value=value, error=error, expected=expected)


def _divided(score, sd):
    return replace(score, value=score.value / sd, error=score.error / sd, expected=score.expected / sd)


def _missing(column):
    (a, b) = column.missing
    n, m, k, j = a.size, b.size, int(a.sum()), int(b.sum())
    pooled = (k + j + 1) / (n + m + 2)
    p, q = ((hits + pooled) / (size + 1) for hits, size in ((k, n), (j, m)))
    error = math.sqrt(p * (1 - p) / n + q * (1 - q) / m) if k + j else 0.0
    p_value = same_proportion(k, n, j, m) if k + j else NOT_TESTED
    return Score("missing share difference", j / m - k / n, error, 0.0, 0.0, p_value, n, m)


def _rounding(real, synthetic, *, most=4, enough=20):
    """Decimals of the real values (None above `most`), and the share of synthetic values with more."""
    if real.size < enough:
        return None, 0.0
    for decimals in range(most + 1):
        if (off := _off_grid(real, decimals)) == 0:
            return decimals, float(_off_grid(synthetic, decimals))
        if off > 0.5 and decimals == most:
            break
    return None, 0.0


def _off_grid(values, decimals):
    return (np.abs(np.round(values, decimals) - values) > 1e-9 * np.maximum(np.abs(values), 10.0**-decimals)).mean()
