"""Exact and chi-squared tests that two tables have the same shares."""

import numpy as np


def merged(table, *, smallest=8.0):
    """Merge columns of counts (2, k) with an expected count below `smallest` into the next larger ones."""
    total = table.sum()
    share = table.sum(axis=1).min() / total if total else 0.0
    order = np.argsort(table.sum(axis=0), kind="stable")
    groups, open_group = [], np.zeros(2)
    for column in order:
        open_group = open_group + table[:, column]
        if open_group.sum() * share >= smallest:
            groups.append(open_group)
            open_group = np.zeros(2)
    if groups:
        groups[-1] = groups[-1] + open_group
    return np.array(groups).T if groups else table.sum(axis=1, keepdims=True)


def homogeneity(table):
    """P-value of Pearson's test that both rows of counts (2, k) have the same shares; 1 where nothing can be tested."""
    from scipy.special import chdtrc

    table = merged(np.asarray(table, dtype=float))
    if table.shape[1] < 2:
        return 1.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(chdtrc(table.shape[1] - 1, ((table - expected) ** 2 / expected).sum()))


def same_proportion(hits_real, n_real, hits_synthetic, n_synthetic):
    """Two-sided p-value of Fisher's exact test (twice the smaller tail) that two shares are equal.

    Examples
    --------
    >>> from statsim.metrics.chi_squared import same_proportion
    >>> round(same_proportion(0, 10, 10, 10), 8)
    1.083e-05
    """
    lower, upper = _tails(hits_real, n_real, hits_synthetic, n_synthetic)
    return min(1.0, 2 * min(lower, upper))


def larger_proportion(hits_real, n_real, hits_synthetic, n_synthetic):
    """One-sided p-value of Fisher's exact test against a larger share in the synthetic table."""
    return min(1.0, _tails(hits_real, n_real, hits_synthetic, n_synthetic)[0])


def _tails(hits_real, n_real, hits_synthetic, n_synthetic):
    """Chances of at most and of at least `hits_real` real hits among the hits of both tables (hypergeometric)."""
    from scipy.special import gammaln

    def log_choose(n, k):
        return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)

    hits, total = hits_real + hits_synthetic, n_real + n_synthetic
    support = np.arange(max(0, hits - n_synthetic), min(hits, n_real) + 1)
    log_mass = log_choose(n_real, support) + log_choose(n_synthetic, hits - support) - log_choose(total, hits)
    mass = np.exp(log_mass)
    return float(mass[support <= hits_real].sum()), float(mass[support >= hits_real].sum())
