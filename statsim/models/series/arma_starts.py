"""The highest of several maxima of an ARMA likelihood.

Moving averages make it have several: of 20 series of 100 steps of orders (1, 1) to (2, 2), a single start by Hannan and Rissanen's regression ended at a lower one in 2.
Climbs from that start, from independence and from four corners choose; the best is climbed to the last digit.
"""

from dataclasses import replace

import numpy as np

from statsim.errors import FitError
from statsim.models.series.arma_law import from_partial

_CLOSE = 1e-3  # gain at which the first climbs may end
_AGREE = 1e-2
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
    rough, found, error = replace(method, tol=max(method.tol, _CLOSE)), [], None
    starts = corners(orders)
    for start in starts:
        try:
            found.append(rough.fit(steps_from(start)))
        except FitError as failed:
            error = failed
    if not found:
        raise error
    heights = np.array([result.objective for _, result in found])
    law, _ = found[int(np.argmax(heights >= heights.max() - _CLOSE))]  # the first of those that differ by rounding
    law, best = method.fit(steps_from((law.ar, law.ma)))
    return law, replace(best, n_starts=len(starts), n_agreed=int(np.sum(heights > best.objective - _AGREE)))
