"""Are synthetic rows copies of real ones? Exact copies, and distances to the closest real record.

Half of the real rows are the reference; the other half, which the reference has never seen, and the synthetic rows are
compared with it. If the generator had never seen the reference rows, both would be equally near, exactly: so the
comparison needs no model. What it cannot show: that no person can be singled out. It is no proof of privacy.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.chi_squared import larger_proportion
from statsim.metrics.rank_tests import linear_rank_z, mid_ranks
from statsim.metrics.score import Score
from statsim.metrics.seeds import metric_generator

_CHUNK = 2_000_000


@dataclass(frozen=True, slots=True)
class Copies:
    """Exact copies and closest records.

    Parameters
    ----------
    exact : Score
        Share of synthetic rows equal to some real row in every column.
    exact_among_real : float
        Share of real rows equal to another real row: what coincidence alone does.
    closeness : Score
        Chance that a synthetic row lies nearer to a reference row than a fresh real row does; 0.5 is perfect, more
        is a sign of copying, less of distance.
    real_distances, synthetic_distances : array (n,), (m,)
        Distances to the closest reference row, of held-back real rows and of synthetic rows.
    """

    exact: Score
    exact_among_real: float
    closeness: Score
    real_distances: np.ndarray
    synthetic_distances: np.ndarray


def nearest_records(real, synthetic, *, categorical=None, max_rows=2000, rng=0):
    """Exact-copy rate and closest-record distances (Gower's: range-scaled differences, 0 or 1 for categories).

    Parameters
    ----------
    real, synthetic : array (n, d), (m, d)
        Numbers, with NaN for missing; categorical columns as codes. At least 4 real rows.
    categorical : bool array (d,), optional
        Which columns are codes.
    max_rows : int
        Most rows in the reference and in each set compared with it (distances only; exact copies use all rows).
    rng : int, SeedSequence or Generator
        Chooses the reference.

    Returns
    -------
    Copies

    Raises
    ------
    ArgumentError
        Too few rows, or tables of different width.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import nearest_records
    >>> x = np.arange(40.0).reshape(20, 2)
    >>> nearest_records(x, x).exact.value
    1.0
    """
    real, synthetic = np.asarray(real, float), np.asarray(synthetic, float)
    if real.ndim != 2 or synthetic.ndim != 2 or real.shape[1] != synthetic.shape[1]:
        raise ArgumentError(f"real and synthetic must be (rows, columns) with equal columns, not {real.shape} and {synthetic.shape}")
    if len(real) < 4 or len(synthetic) < 1:
        raise ArgumentError(f"real has {len(real)} rows and synthetic {len(synthetic)}; at least 4 and 1 are needed")
    categorical = np.zeros(real.shape[1], bool) if categorical is None else np.asarray(categorical, bool)
    generator = metric_generator(rng, 2)
    order = generator.permutation(len(real))
    reference, fresh = real[order[: len(real) // 2]], real[order[len(real) // 2 :]]
    known, among = _exact(real, synthetic)
    repeats = math.ceil(among * len(real) / 2)  # n real rows make half as many pairs a row as a new row makes with them
    p_value = larger_proportion(repeats, len(real) // 2, int(known.sum()), known.size)
    exact = _exact_score(known, float(among), p_value, len(real))
    chosen = synthetic[generator.permutation(len(synthetic))[:max_rows]]
    distances = [_closest(rows[:max_rows], reference[:max_rows], categorical) for rows in (fresh, chosen)]
    return Copies(exact, float(among), _closeness(*distances), *distances)


def _exact_score(known, among, p_value, n_real):
    m = known.size
    share = (known.sum() + 1) / (m + 2)  # Agresti-Coull keeps an error where no copy was found
    return Score("exact copies", float(known.mean()), math.sqrt(share * (1 - share) / m), among, among, p_value, n_real, m)


def _exact(real, synthetic):
    """Which synthetic rows equal a real row, and the share of real rows equal to another real row."""
    rows = np.concatenate([real, synthetic])
    rows = np.where(np.isnan(rows), np.inf, rows) + 0.0  # missing equals missing; -0.0 equals 0.0
    _, inverse = np.unique(rows, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    times = np.bincount(inverse[: len(real)], minlength=inverse.max() + 1)
    return times[inverse[len(real) :]] > 0, (times[inverse[: len(real)]] > 1).mean()


def _closest(queries, reference, categorical):
    """Gower distance of each query to its closest reference row, in [0, 1] but for values beyond the range."""
    low, high = np.nanquantile(np.where(np.isnan(reference).all(axis=0), 0.0, reference), [0.01, 0.99], axis=0)
    scale = np.where(high > low, high - low, 1.0)
    step = max(1, _CHUNK // len(reference))
    parts = [queries[start : start + step] for start in range(0, len(queries), step)]
    return np.concatenate([_gower(part, reference, scale, categorical).min(axis=1) for part in parts])


def _gower(queries, reference, scale, categorical):
    total = np.zeros((len(queries), len(reference)))
    for column in range(reference.shape[1]):
        a, b = queries[:, column, None], reference[None, :, column]
        distance = (a != b).astype(float) if categorical[column] else np.abs(a - b) / scale[column]
        one, two = np.isnan(a), np.isnan(b)
        if one.any() or two.any():
            distance = np.where(one | two, (one != two).astype(float), distance)
        total += distance
    return total / reference.shape[1]


def _closeness(real, synthetic):
    ranks, n, m = mid_ranks(np.concatenate([real, synthetic])), real.size, synthetic.size
    nearer = 1 - (ranks[n:].sum() - m * (m + 1) / 2) / (n * m)
    below = (ranks[n:] - mid_ranks(synthetic)) / n
    above = (ranks[:n] - mid_ranks(real)) / m
    error = math.sqrt(below.var() / m + above.var() / n)
    p_value = math.erfc(linear_rank_z(ranks, n) / math.sqrt(2)) / 2
    return Score("nearer than a fresh real row", float(nearer), error, 0.5, 0.5, p_value, n, m)
