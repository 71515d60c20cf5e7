"""Which columns are missing together: the share of each pattern in the real and in the synthetic table."""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.chi_squared import homogeneity
from statsim.metrics.score import Score


@dataclass(frozen=True, slots=True)
class MissingPatterns:
    """Which values are missing together.

    Parameters
    ----------
    patterns : bool array (k, d)
        True where missing; most frequent in real first.
    real, synthetic : array (k,)
        Share of rows.
    score : Score
        Total variation complement of the shares, with its test.
    """

    patterns: np.ndarray
    real: np.ndarray
    synthetic: np.ndarray
    score: Score


def missing_patterns(real, synthetic):
    """Compare the joint pattern of missing values.

    Parameters
    ----------
    real, synthetic : bool array (n, d), (m, d)
        True where a value is missing.

    Returns
    -------
    MissingPatterns
        `score` is the total variation complement of the patterns, 1 is perfect.

    Raises
    ------
    ArgumentError
        No rows, or tables of different width.

    Examples
    --------
    >>> from statsim.metrics import missing_patterns
    >>> found = missing_patterns([[True, False], [False, False]], [[False, False], [False, False]])
    >>> found.real.tolist(), found.synthetic.tolist()
    ([0.5, 0.5], [1.0, 0.0])
    """
    real, synthetic = np.asarray(real, bool), np.asarray(synthetic, bool)
    if real.ndim != 2 or synthetic.ndim != 2 or real.shape[1] != synthetic.shape[1] or not len(real) or not len(synthetic):
        raise ArgumentError(f"real and synthetic must be (rows, columns) with equal columns, not {real.shape} and {synthetic.shape}")
    patterns, inverse = np.unique(np.concatenate([real, synthetic]), axis=0, return_inverse=True)
    table = np.array([np.bincount(part, minlength=len(patterns)) for part in np.split(inverse.ravel(), [len(real)])])
    order = np.lexsort((patterns.sum(axis=1), -table[1], -table[0]))
    shares = table[:, order] / table.sum(axis=1, keepdims=True)
    return MissingPatterns(patterns[order], shares[0], shares[1], _score(table))


def _score(table):
    from statsim.metrics.total_variation import tv_complement_of_counts

    tv = tv_complement_of_counts(table)
    return Score("missing-value patterns", tv.value, tv.error, 1.0, tv.expected, homogeneity(table), tv.n_real, tv.n_synthetic)
