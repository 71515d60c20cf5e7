"""Points of the user's coordinates and the support of a target: which lie inside, and whether any can."""

import numpy as np

from statsim.errors import ArgumentError


def rows_inside(target, rows):
    """Which of `rows` (n, dim) are finite and lie inside the support of `target`: bool (n,)."""
    from statsim.kernels.targets.transforms import fill_inside

    inside = np.empty(len(rows), np.bool_)
    fill_inside(*target.context()[3:6], np.ascontiguousarray(rows, np.float64), inside)
    return inside & np.isfinite(rows).all(axis=1)


def require_same_measure(target, who):
    """Raise where the support has fewer degrees of freedom than coordinates, so that candidates never fall on it.

    Raises
    ------
    ArgumentError
        With a `Simplex` or a `CorrelationCholesky` in the support.
    """
    if target.unconstrained_dim != target.dim:
        raise ArgumentError(
            f"{who}: candidates over {target.dim} free coordinates cannot hit the support {target.support!r}, which has "
            f"{target.unconstrained_dim} degrees of freedom; use NUTS() or RandomWalk(), which move in unconstrained coordinates"
        )
