"""Counts of small subgraphs in many graphs at once, given as rows of zeros and ones."""

import math

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.graphs.subgraphs import count_subgraphs_of_rows

_NAMES = ("edges", "two_stars", "three_stars", "triangles")


def subgraph_counts(rows):
    """Edges, two-stars, three-stars and triangles of undirected graphs.

    Parameters
    ----------
    rows : array (m, n (n - 1) / 2)
        A graph a row, as samplers draw them: a one for each pair (0, 1), (0, 2), ... that is an edge.

    Returns
    -------
    dict of str to ndarray (m,)

    Raises
    ------
    ArgumentError
        When no number of nodes has that many pairs.

    Examples
    --------
    >>> counts = subgraph_counts([[1, 1, 1], [1, 1, 0]])
    >>> counts["triangles"].tolist(), counts["two_stars"].tolist()
    ([1.0, 0.0], [3.0, 1.0])
    """
    table = checks.data_matrix(rows, "rows", minimum_rows=0)
    size = table.shape[1]
    n = (1 + math.isqrt(1 + 8 * size)) // 2
    if n * (n - 1) // 2 != size:
        raise ArgumentError(f"rows has {size} columns, which is no number n (n - 1) / 2 of pairs; give one column for each pair of an undirected graph without loops")
    out = np.empty((len(table), 4))
    count_subgraphs_of_rows(table, n, out)
    return dict(zip(_NAMES, out.T.copy(), strict=True))
