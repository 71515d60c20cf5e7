"""Pairs of draws a lag apart that share no draw, so that independent draws give independent pairs."""


def disjoint_pairs(draws, lag):
    """Two sets of pairs (first, second), second `lag` after first; no draw is in two pairs of one set.

    Together they hold nearly all n - lag pairs; each set is judged at half of alpha.
    """
    return _blocks(draws, lag), _blocks(draws[lag:], lag)


def _blocks(draws, lag):
    n = len(draws) // (2 * lag) * (2 * lag)
    blocks = draws[:n].reshape(-1, 2, lag)
    return blocks[:, 0].ravel(), blocks[:, 1].ravel()
