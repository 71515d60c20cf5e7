r"""Potential scale reduction, split and rank-normalised (Vehtari, Gelman, Simpson, Carpenter, Bürkner 2021).

Each chain is cut in two, the draws are replaced by normal scores of their ranks, and the variance between the half chains
is set against that within: :math:`\hat R = \sqrt{(W (n-1)/n + B) / W}`. The larger of the value for location (bulk) and for
scale (folded draws) is reported. Cutting shows a drift, ranks bear infinite variances, folding shows chains of different spread.
"""

import numpy as np

from statsim.metrics.chains.autocovariance import centred
from statsim.metrics.chains.column import by_column
from statsim.metrics.chains.rank_normalise import folded_scores, normal_scores


def r_hat(values):
    """Rank-normalised split R-hat: near 1 where chains agree, above 1.01 where they should not be trusted yet.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws. The middle draw of an odd number is left out.

    Returns
    -------
    float or array (dim,)
        NaN for fewer than 4 draws a chain and for a quantity with one value throughout; infinite where every half chain
        stands still but not all at one value. One chain is judged by its halves.

    Raises
    ------
    ArgumentError
        Another shape, no chain, or a value that is NaN or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import r_hat
    >>> draws = np.random.default_rng(0).normal(size=(4, 1000))
    >>> bool(r_hat(draws) < 1.01), bool(r_hat(draws + [[0.0], [0.0], [0.0], [1.0]]) > 1.1)
    (True, True)
    """
    return by_column(values, rank_r_hat)


def rank_r_hat(column, bulk=None):
    """The larger of bulk and folded R-hat of a `Column`; `bulk` where it is at hand."""
    bulk = scale_reduction(normal_scores(column)) if bulk is None else bulk
    return max(bulk, scale_reduction(folded_scores(column)))


def scale_reduction(rows):
    """R-hat of sequences (m, n) as they are; infinite where none moves and they differ, 1 where all are one value."""
    m, n = rows.shape
    deviations, means = centred(rows)
    within = np.einsum("ij,ij->", deviations, deviations) / (m * (n - 1))
    between = means.var(ddof=1)
    if within == 0:
        return np.inf if between > 0 else 1.0
    return float(np.sqrt(between / within + (n - 1) / n))
