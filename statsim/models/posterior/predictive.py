"""Densities under draws of the parameters: the log of their mean."""

import numpy as np


def mean_log_density(log_density, table, n):
    """Log of the mean over the rows of `table` (m, p) of the densities at n points; `log_density(row, out)` fills out (n,).

    The sum is kept relative to the largest term so far, so nothing underflows and nothing is as large as m times n.
    """
    if len(table) == 1:
        total = np.empty(n)
        log_density(table[0], total)
        return total
    one, top, total = np.empty(n), np.full(n, -np.inf), np.zeros(n)
    for row in table:
        log_density(row, one)
        higher = np.maximum(top, one)
        safe = np.where(np.isfinite(higher), higher, 0.0)
        total = total * np.exp(top - safe) + np.exp(one - safe)
        top = higher
    with np.errstate(divide="ignore"):
        return np.where(np.isfinite(top), top + np.log(total / len(table)), top)
