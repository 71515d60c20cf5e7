r"""Proposals for rare regions: each component is moved to the point of the region that is most probable under it.

The point minimises :math:`(v - \mu)^T \Sigma^{-1} (v - \mu)` over the bounds and rows, by Hildreth's method (1957), Naval Research
Logistics 4: one multiplier at a time. Large deviations say that a rare event happens near it (Bucklew 2004, chapter 5).
"""

from dataclasses import replace

import numpy as np

_SWEEPS = 10_000


def tilted_parameters(frame):
    """`frame.parameters` with shifted means, and weights of which half follow the density of the points."""
    p = frame.parameters
    q = len(frame.low)
    A = np.concatenate([np.eye(q), frame.rows])
    low, high = np.concatenate([frame.low, frame.row_low]), np.concatenate([frame.high, frame.row_high])
    used = np.isfinite(low) | np.isfinite(high)
    points, squares = zip(*(most_probable(m, S, A[used], low[used], high[used]) for m, S in zip(p.means, p.dense, strict=True)), strict=True)
    with np.errstate(divide="ignore"):
        joint = np.log(p.weights) - 0.5 * np.array(squares)
    share = np.exp(joint - joint.max())
    return replace(p, weights=0.5 * p.weights + 0.5 * share / share.sum(), means=np.array(points))


def most_probable(mean, covariance, A, low, high):
    """The most probable point of N(mean, covariance) with low <= A v <= high, and its squared distance from the mean."""
    spread = A @ covariance @ A.T
    sums, multipliers = A @ mean, np.zeros(len(A))
    for _ in range(_SWEEPS):
        moved = 0.0
        for r in range(len(A)):
            free = sums[r] - spread[r, r] * multipliers[r]
            wanted = (min(max(free, low[r]), high[r]) - free) / spread[r, r]
            change = wanted - multipliers[r]
            sums, multipliers[r] = sums + spread[:, r] * change, wanted
            moved = max(moved, abs(change) * np.sqrt(spread[r, r]))
        if moved < 1e-10:
            break
    return mean + covariance @ (A.T @ multipliers), float(multipliers @ spread @ multipliers)
