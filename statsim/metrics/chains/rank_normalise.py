r"""Rank normalisation and folding (Vehtari, Gelman, Simpson, Carpenter, Bürkner 2021, Bayesian Analysis 16).

A draw of rank :math:`r` among :math:`S` becomes the normal quantile of :math:`(r - 3/8) / (S + 1/4)` (Blom 1958), ties
sharing the mean of their ranks. Folding takes :math:`|x - \mathrm{median}|` first, which turns a difference of scale into
one of location.
"""

import numpy as np


def normal_scores(column):
    """The halves of a `Column`, rank-normalised, (2 chain, draw // 2)."""
    return _placed(_scores(column.sorted_halves), column.order, column.halves.shape)


def folded_scores(column):
    """The distances of the halves of a `Column` from their median, rank-normalised, (2 chain, draw // 2)."""
    ordered = column.sorted_halves
    middle = ordered.size // 2
    distance = ordered - (ordered[middle - 1] + ordered[middle]) / 2
    np.abs(distance, out=distance)
    again = np.argsort(distance, kind="stable")  # falls, then rises: a linear merge
    distance = distance[again]
    return _placed(_scores(distance), column.order[again], column.halves.shape)


def _scores(ordered):
    """Scores of values in ascending order."""
    scores = _untied_scores(ordered.size)
    tied = np.flatnonzero(ordered[1:] == ordered[:-1])
    if tied.size:
        gaps = np.flatnonzero(np.diff(tied) > 1)
        first, last = tied[np.append(0, gaps + 1)], tied[np.append(gaps, -1)] + 1
        member = np.zeros(ordered.size, dtype=bool)
        member[tied] = member[tied + 1] = True
        scores[member] = np.repeat(_blom((first + last) / 2 + 1, ordered.size), last - first + 1)
    return scores


def _untied_scores(n):
    """Scores of ranks 1 to n."""
    scores = np.zeros(n)
    scores[: n // 2] = _blom(np.arange(1, n // 2 + 1), n)
    np.negative(scores[: n // 2][::-1], out=scores[n - n // 2 :])
    return scores


def _blom(rank, n):
    from scipy.special import ndtri

    return ndtri((rank - 0.375) / (n + 0.25))


def _placed(scores, order, shape):
    placed = np.empty(scores.size)
    placed[order] = scores
    return placed.reshape(shape)
