"""Which local optima of a mixture's likelihood are spurious.

The likelihood grows without bound as a component closes in on a few rows or on a plane, and has many local maxima on the
way (McLachlan, Peel 2000, section 3.10; Day 1969). Such a component stands on few distinct rows, or is far thinner than the
components are on average. Both marks are free of units.
"""

import numpy as np

from statsim.distributions.covariance.kind import lower_factors

THINNEST = 1e-3
"""Least variance of a component on few rows, in any direction, as a share of the pooled within-component variance there."""

FLAT = 1e-10
"""The same for any component: below this it lies in a plane."""

_MANY = 10
"""Rows per column from which a thin component is taken for what it is: chance does not line up so many."""


def find_defect(kind, state, support, *, bounded=False):
    """Words for what makes `state` spurious, or None.

    Parameters
    ----------
    kind : CovarianceKind
    state : MixtureState
    support : ndarray (k,)
        Distinct rows that each component stands on.
    bounded : bool
        Eigenvalues are bounded, so that a component in a plane is allowed when it stands on many rows.
    """
    k, d = state.means.shape
    if k == 1:
        return None
    least = least_support(kind, d)
    if support.min() < least:
        return f"component {int(support.argmin())} stands on {support.min():.3g} rows, fewer than {least:g}"
    if kind.shared:
        return None
    thin = thinnest(kind.dense(state.covariances, k, d), state.weights)
    bad = (thin < THINNEST) & (support < _MANY * (d + 1))
    if not bounded:
        bad |= thin < FLAT
    if bad.any():
        component = int(bad.argmax())
        return f"component {component} has shrunk to {thin[component]:.2g} of the pooled variance in some direction"
    return None


def least_support(kind, d):
    """Rows a component must stand on: enough to estimate its own covariance, and half a row to spare."""
    return {"full": d + 1.5, "tied": 1.5, "diag": 2.5, "spherical": 2.5}[kind.name]


def thinnest(matrices, weights):
    """Least eigenvalue of each matrix (k, d, d) relative to their weighted mean."""
    pooled = np.einsum("k,kij->ij", weights, matrices)
    lower = lower_factors(pooled[None])
    if lower is None:
        return np.zeros(len(matrices))
    inverse = np.linalg.inv(lower[0])
    return np.array([np.linalg.eigvalsh(inverse @ matrix @ inverse.T)[0] for matrix in matrices])
