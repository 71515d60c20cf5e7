"""Classifier two-sample test: can gradient-boosted trees tell synthetic rows from real ones?

Two-fold cross-fitting (Lopez-Paz and Oquab 2017; Kim, Ramdas, Singh, Wasserman 2021): trees learnt on one half rank the
other half, and the other way round. Given the half it learnt on, the ranking of the other half is fixed, so under equal
laws its Wilcoxon-Mann-Whitney statistic has its usual null law whatever the classifier; twice the mean of the two
p-values is a p-value however the halves depend on each other (Ruschendorf 1982).
"""

import math

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.rank_tests import linear_rank_z, mid_ranks
from statsim.metrics.score import Score
from statsim.metrics.seeds import metric_generator

_MAX_CATEGORIES = 200
_MOST_TO_ONE = 8  # more rows of one table than this add no power: its error is that of the smaller table


def classifier_two_sample(real, synthetic, *, categorical=None, max_rows=10_000, rng=0):
    """How often a classifier picks the synthetic row out of a real and a synthetic one (area under the ROC curve).

    Parameters
    ----------
    real, synthetic : array (n, d), (m, d)
        Numbers, with NaN for missing; categorical columns as non-negative codes. At least 20 rows each.
    categorical : bool array (d,), optional
        Which columns are codes.
    max_rows : int
        Rows used from each table, drawn with `rng`; at most eight times the smaller table.
    rng : int, SeedSequence or Generator
        Splits the halves.

    Returns
    -------
    Score
        In [0, 1]; 0.5 is perfect: the classifier guesses.

    Raises
    ------
    ArgumentError
        Fewer than 20 rows in a table, or tables of different width.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import classifier_two_sample
    >>> x = np.arange(200.0).reshape(100, 2)
    >>> classifier_two_sample(x, x + 1000).value
    1.0
    """
    real, synthetic = np.asarray(real, float), np.asarray(synthetic, float)
    if real.ndim != 2 or synthetic.ndim != 2 or real.shape[1] != synthetic.shape[1]:
        raise ArgumentError(f"real and synthetic must be (rows, columns) with equal columns, not {real.shape} and {synthetic.shape}")
    if min(len(real), len(synthetic)) < 20:
        raise ArgumentError(f"real has {len(real)} and synthetic {len(synthetic)} rows; the classifier needs at least 20 each")
    generator = metric_generator(rng, 1)
    most = min(max_rows, _MOST_TO_ONE * min(len(real), len(synthetic)))
    x, y = (rows[generator.permutation(len(rows))[:most]] for rows in (real, synthetic))
    categorical = np.zeros(x.shape[1], bool) if categorical is None else np.asarray(categorical, bool)
    x, y = _common_categories(x, y, categorical)
    halves = [(x[start::2], y[start::2]) for start in (0, 1)]
    found = [_one_half(*halves[i], *halves[1 - i], categorical) for i in (0, 1)]
    areas, variances, p_values = np.array(found).T
    error = math.sqrt(variances.sum()) / 2
    return Score("classifier two-sample test", float(areas.mean()), error, 0.5, 0.5, float(min(1.0, p_values.sum())), len(x), len(y))


def _common_categories(x, y, categorical):
    """Rename codes by frequency, so that only rare categories share the last one the trees can take."""
    both = np.concatenate([x, y])
    for column in np.flatnonzero(categorical):
        codes = both[:, column]
        values, inverse, count = np.unique(codes[~np.isnan(codes)], return_inverse=True, return_counts=True)
        place = np.empty(values.size)
        place[np.argsort(-count, kind="stable")] = np.arange(values.size)
        both[~np.isnan(codes), column] = np.minimum(place, _MAX_CATEGORIES - 1)[inverse]
    return both[: len(x)], both[len(x) :]


def _one_half(x_train, y_train, x_test, y_test, categorical):
    """Area under the curve on the test half, its variance, and the one-sided p-value against guessing."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    trees = HistGradientBoostingClassifier(
        max_iter=60, max_leaf_nodes=15, min_samples_leaf=10, categorical_features=categorical, early_stopping=False, random_state=0
    )
    weights = np.repeat([len(y_train) / len(x_train), 1.0], [len(x_train), len(y_train)])
    with threadpool_limits(1):  # so few rows are slower on several threads, much slower on a busy machine
        trees.fit(np.concatenate([x_train, y_train]), np.repeat([0, 1], [len(x_train), len(y_train)]), sample_weight=weights)
        scores = trees.predict_proba(np.concatenate([x_test, y_test]))[:, 1]
    ranks, n, m = mid_ranks(scores), len(x_test), len(y_test)
    area = (ranks[n:].sum() - m * (m + 1) / 2) / (n * m)
    below = (ranks[n:] - mid_ranks(scores[n:])) / n  # share of real rows ranked below each synthetic row (DeLong 1988)
    above = (ranks[:n] - mid_ranks(scores[:n])) / m
    return area, below.var() / m + above.var() / n, math.erfc(-linear_rank_z(ranks, n) / math.sqrt(2)) / 2
