r"""Total variation complement of a categorical column: $1 - \frac12 \sum_k |p_k - q_k|$.

The error is the delta method's at the signs found; the p-value is the chi-squared test of homogeneity with
rare categories merged, so that Pearson's approximation holds.
"""

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.arrays import counts, encode
from statsim.metrics.chi_squared import homogeneity
from statsim.metrics.score import Score


def tv_complement(real, synthetic):
    """One minus the total variation distance of two label columns.

    Parameters
    ----------
    real, synthetic : array (n,), (m,)
        Labels of any type; None and NaN are missing.

    Returns
    -------
    Score
        In [0, 1]; 1 is perfect.

    Raises
    ------
    ArgumentError
        A table without values.

    Examples
    --------
    >>> from statsim.metrics import tv_complement
    >>> tv_complement(["a", "a", "b", "b"], ["a", "b", "b", "b"]).value
    0.75
    """
    codes_real, codes_synthetic, _ = encode(real, synthetic)
    return tv_complement_of_counts(counts(codes_real, codes_synthetic))


def tv_complement_of_counts(table):
    """`tv_complement` of counts per category, an array (2, categories): real, synthetic."""
    n, m = (int(total) for total in table.sum(axis=1))
    if not n or not m:
        raise ArgumentError(f"real has {n} and synthetic {m} values that are not missing; at least 1 each is needed")
    p, q = table[0] / n, table[1] / m
    pooled = table.sum(axis=0) / (n + m)
    signs = np.sign(p - q)
    variance = sum((share @ signs**2 - (share @ signs) ** 2) / size for share, size in ((p, n), (q, m))) / 4
    expected = np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / n + 1 / m)).sum() / 2
    return Score(
        "total variation complement", float(1 - np.abs(p - q).sum() / 2), float(np.sqrt(max(variance, 0.0))), 1.0,
        float(1 - expected), homogeneity(table), n, m,
    )  # fmt: skip
