r"""Normal laws in unconstrained reals that stand for any target: automatic differentiation variational inference with fixed draws.

A. Kucukelbir et al., JMLR 18 (2017), the family; R. Giordano, M. Ingram, T. Broderick, JMLR 25 (2024), the bound over fixed draws, a smooth function that
a quasi-Newton climb raises step by step. The draws come in pairs z, -z and are turned so that their second moments are those of the law, which makes
the bound, and so the answer, exact where the target is normal. The climb begins at the mode with the curvature there (Laplace's law, a family of its own).
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.estimators.normal_law import NormalLaw
from statsim.estimators.target_climb import climb_target
from statsim.estimators.target_slope import TargetSlope

FAMILIES = ("mean-field", "full-rank", "laplace")
MOST_FULL_RANK = 40
"""Coordinates up to which a full covariance is climbed to: it has p (p + 3) / 2 numbers."""

_FEWEST_DRAWS = 256
_EVEN = 8  # dimensions up to which points are spread evenly
_DRAWS_PER_NUMBER = 8  # of a coordinate for a full-rank law: fewer, and fixed draws can be fitted too well


@dataclass(frozen=True, eq=False)
class AutomaticVariational:
    """The steps of the best normal law of `family` for `target`, begun at the mode found from `start` (dim,) in reals.

    The vector holds the shift of the mean, and the root (its diagonal by logarithms), relative to those of the mode, each scaled to curvature one.
    """

    target: Any
    start: np.ndarray
    family: str
    prior: Any = None

    resolution = 1e-9
    offset = 0.0

    @property
    def loop(self):
        """The law at the mode is a formula once the mode is known."""
        return "closed form" if self.family == "laplace" else "ascent"

    @cached_property
    def slope(self):
        """The log density in reals, the log-Jacobian included."""
        return TargetSlope(self.target, jacobian=True)

    @cached_property
    def mode(self):
        """The mode in reals, and a root of the covariance there: of the whole, or of a diagonal."""
        found = climb_target(self.slope, self.start, max_iter=500, tol=1e-10)
        if found is None:
            raise ArgumentError(f"the log density is minus infinity at the start {self.target.constrain(self.start)}; give initial=, a point inside the support")
        covariance = found.covariance if found.covariance is not None else np.eye(self.slope.dim)
        if self.family == "mean-field":
            return found.y, np.diag(1 / np.sqrt(np.diagonal(np.linalg.inv(covariance))))
        return found.y, np.linalg.cholesky((covariance + covariance.T) / 2)

    # ------------------------------------------------------------ the bound

    @cached_property
    def noise(self):
        """Fixed draws (m, dim): pairs, with unit second moments."""
        p = self.slope.dim
        pairs = max(_FEWEST_DRAWS, (_DRAWS_PER_NUMBER if self.family == "full-rank" else 2) * p) // 2
        z = _fixed_normals(pairs, p)
        values, vectors = np.linalg.eigh(z.T @ z / len(z))
        z = z @ (vectors / np.sqrt(values)) @ vectors.T
        return np.concatenate([z, -z])

    @cached_property
    def _lower(self):
        """Rows and columns of the entries of the root that move."""
        p = self.slope.dim
        return (np.arange(p), np.arange(p)) if self.family == "mean-field" else np.tril_indices(p)

    @property
    def n_coordinates(self):
        """Numbers that describe the law."""
        return self.slope.dim + len(self._lower[0])

    def _unpacked(self, vector):
        """The shift (p,) and relative root (p, p) of a vector, and which entries are on the diagonal."""
        p, (rows, columns) = self.slope.dim, self._lower
        on = rows == columns
        entries = np.where(on, np.exp(np.minimum(vector[p:] / math.sqrt(2), 50.0)), vector[p:])
        root = np.zeros((p, p))
        root[rows, columns] = entries
        return vector[:p], root, on

    def value_and_gradient(self, vector):
        """The bound over the fixed draws, and its gradient."""
        p, (origin, outer), noise = self.slope.dim, self.mode, self.noise
        shift, root, on = self._unpacked(vector)
        points = origin + (shift + noise @ root.T) @ outer.T
        values, slopes = self._at(points)
        if not np.isfinite(values).all() or not np.isfinite(slopes).all():
            return -np.inf, None
        inner = slopes @ outer
        by_root = (inner.T @ noise / len(noise))[self._lower]
        diagonal = root[self._lower]
        by_root = np.where(on, (by_root * diagonal + 1.0) / math.sqrt(2), by_root)
        entropy = np.log(np.diagonal(root)).sum() + np.log(np.diagonal(outer)).sum() + 0.5 * p * (1 + math.log(2 * math.pi))
        return float(values.mean() + self.target.log_volume + entropy), np.concatenate([inner.mean(axis=0), by_root])

    def _at(self, points):
        """Log density and gradient at rows of reals."""
        if not self.target.has_gradient:
            found = [self.slope.value_and_gradient(point) for point in points]
            return np.array([value for value, _ in found]), np.array([np.full(len(points[0]), np.nan) if slope is None else slope for _, slope in found])
        from statsim.kernels.variational.points import values_and_gradients

        values, slopes = np.empty(len(points)), np.empty_like(points)
        values_and_gradients(self.slope.context, np.ascontiguousarray(points), values, slopes)
        wrong = np.flatnonzero(np.isnan(values))
        if wrong.size:
            raise self.target.error_at(self.target.constrain(points[wrong[0]]))
        return values, slopes

    def from_vector(self, vector):
        """The law of a vector."""
        origin, outer = self.mode
        shift, root, _ = self._unpacked(vector)
        return NormalLaw(self.target, origin + outer @ shift, outer @ root)

    def solve(self):
        """Laplace's law, and the bound over the fixed draws."""
        zero = np.zeros(self.n_coordinates)
        return self.from_vector(zero), self.value_and_gradient(zero)[0]


def _fixed_normals(n, p):
    """Standard normals (n, p), always the same: in few dimensions evenly spread (M. Roberts' additive recurrence with the generalised golden ratio), else random.

    Even spread makes the bound more exact for the same number of points: A. Buchholz, F. Wenzel, S. Mandt, ICML 2018.
    """
    from statsim.kernels.streams import seed_block
    from statsim.kernels.variates.normal import fill_standard_normal

    if p <= _EVEN:
        from scipy.special import ndtri

        ratio = 2.0
        for _ in range(60):
            ratio = (1.0 + ratio) ** (1.0 / (p + 1.0))
        return ndtri((0.5 + np.arange(1, n + 1)[:, None] * ratio ** -np.arange(1.0, p + 1.0)) % 1.0)
    state, z = np.empty(4, np.uint64), np.empty(n * p)
    seed_block(np.uint64(p), np.uint64(n), np.uint64(0), state)
    fill_standard_normal(state, z)
    return z.reshape(n, p)


def family_for(family, dim):
    """The family of a law of `dim` coordinates: full rank where it can be climbed to, unless one is asked for.

    Raises
    ------
    ArgumentError
    """
    if family is None:
        return "full-rank" if dim <= MOST_FULL_RANK else "mean-field"
    checks.choice(family, "family", FAMILIES)
    if family == "full-rank" and dim > MOST_FULL_RANK:
        raise ArgumentError(f"family='full-rank' takes up to {MOST_FULL_RANK} coordinates, and this target has {dim}; use VB(family='mean-field') or VB(family='laplace')")
    return family
