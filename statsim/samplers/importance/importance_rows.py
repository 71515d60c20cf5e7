"""The target at many points of unconstrained coordinates, on several threads."""

import numpy as np

from statsim import blocks


def reals_values(target, reals, values, points, *, num_threads=None):
    """Fill values (n,) with the log density of unconstrained reals (n, m), Jacobian included, and points (n, dim).

    Raises
    ------
    TargetError
        Where it is NaN or plus infinity or the target raises, with the point.
    """
    from statsim.kernels.importance.rows import values_of_reals

    chunks = blocks.row_chunks(len(reals))

    def fill(index):
        rows = slice(*chunks[index])
        values_of_reals(target.context(), reals[rows], values[rows], points[rows])

    blocks.map_chunks(fill, len(chunks), num_threads=num_threads)
    bad = np.flatnonzero(~(values < np.inf))
    if bad.size:
        raise target.error_at(points[bad[0]], ", a draw of the proposal")
