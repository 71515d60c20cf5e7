"""The highest of several maxima of an ARMA likelihood.

Moving averages make it have several: of 20 series of 100 steps of orders (1, 1) to (2, 2), a single start by Hannan and Rissanen's regression ended at a lower one in 2.
Climbs from that start, from independence and from four corners are compared. Each is climbed to the end: where the two parts nearly cancel the likelihood is
a flat ridge, and a climb that is broken off there has not shown where it leads.
"""

from dataclasses import replace

import numpy as np

from statsim.errors import FitError
from statsim.models.series.arma_law import from_partial

_AGREE, _ROUNDING = 1e-4, 1e-7
_CORNER, _REST = 0.6, 0.06  # partial autocorrelations of lag 1, and of the others


def corners(orders):
    """Coefficients (ar, ma) to begin at besides the regression's, None."""
    p, q = orders
    starts = [None, (np.zeros(p), np.zeros(q))]
    if p and q:
        starts += [(_side(p, a), -_side(q, b)) for a in (1.0, -1.0) for b in (a, -a)]
    return starts


def _side(order, sign):
    partial = np.full(order, sign * _REST)
    partial[0] = sign * _CORNER
    return from_partial(partial)


def fit_from_starts(method, steps_from, orders):
    """(law, FitResult) of the best of several climbs; `steps_from(coefficients)` gives the problem that begins there.

    Raises
    ------
    FitError
        When no start has a likelihood.
    """
    if sum(orders) <= 1 and not (orders[0] and orders[1]):
        return method.fit(steps_from(None))
    found, error = [], None
    starts = corners(orders)
    for start in starts:
        try:
            found.append(method.fit(steps_from(start)))
        except FitError as failed:
            error = failed
    if not found:
        raise error
    heights = np.array([result.objective for _, result in found])
    agree = heights > heights.max() - _AGREE
    law, best = found[int(np.argmax(heights >= heights.max() - _ROUNDING))]  # the first of those that differ by rounding
    return law, replace(best, n_starts=len(starts), n_agreed=int(agree.sum()))
