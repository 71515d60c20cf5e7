"""The affine-invariant ensemble sampler.

Goodman, Weare (2010), Commun. Appl. Math. Comput. Sci. 5; Foreman-Mackey, Hogg, Lang, Goodman (2013), emcee, PASP 125. The transition is
`statsim.kernels.metropolis.affine_invariant`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


@dataclass(frozen=True)
class AffineInvariant:
    """An ensemble of walkers that move along lines through each other: scales and correlations need no tuning, and no gradient.

    Each walker is a chain of the result; the walkers of one ensemble (`chains=` says how many ensembles) depend on each other.

    Parameters
    ----------
    walkers : int
        Even, and at least twice the number of coordinates.
    stretch : float
        Longest stretch, above 1.
    steps_per_draw : int, optional
        Moves of each walker between two kept draws; default the number of coordinates, at most 100.

    Examples
    --------
    >>> AffineInvariant(walkers=20)
    AffineInvariant(walkers=20, stretch=2.0, steps_per_draw=None)
    """

    walkers: int = 32
    stretch: float = 2.0
    steps_per_draw: int | None = None

    name: ClassVar[str] = "AffineInvariant"
    needs_gradient: ClassVar[bool] = False
    statistics: ClassVar[tuple] = (("log_density", np.float64), ("acceptance", np.float32), ("n_evaluations", np.int32))

    def __post_init__(self):
        checks.integer(self.walkers, "walkers", minimum=2)
        if self.walkers % 2:
            raise ArgumentError(
                f"walkers must be even, got {self.walkers}: one half moves along lines through the other; use {self.walkers + 1}"
            )
        checks.real(self.stretch, "stretch", minimum=1.0, open_minimum=True)
        if self.steps_per_draw is not None:
            checks.integer(self.steps_per_draw, "steps_per_draw", minimum=1)

    @property
    def lanes(self):
        """Each walker is a chain of the result."""
        return int(self.walkers)

    def begin(self, chain, *, warmup):
        """Set the walkers at their starts.

        Raises
        ------
        ArgumentError
            With fewer walkers than twice the coordinates, or with starts that do not span the space.
        """
        from statsim.kernels.targets.evaluate import value_at

        point = chain.initial.copy()
        d = point.shape[1]
        if self.walkers < 2 * d:
            raise ArgumentError(
                f"walkers must be at least twice the {d} coordinates, got {self.walkers}; use AffineInvariant(walkers={2 * d})"
            )
        if np.linalg.matrix_rank(point - point[0]) < d:
            raise ArgumentError("initial must give each walker a place of its own: walkers on a common plane never leave it")
        log_densities = np.array([value_at(chain.context, y, np.zeros(d), False) for y in point])
        chain.state = {"random": chain.random, "point": point, "log_densities": log_densities}
        chain.work = np.zeros(d), np.zeros(self.walkers)

    def edges(self, warmup):
        """No stages: nothing adapts."""
        return []

    def at_edge(self, chain, iteration, *, warmup):
        """Nothing happens between stretches."""

    def end_warmup(self, chain):
        """Nothing to settle."""

    def advance(self, chain, *, warming, values, stats):
        """Make draws of every walker."""
        from statsim.kernels.metropolis.affine_invariant import advance_ensemble
        from statsim.samplers.metropolis.random_walk import MOST_STEPS

        state, d = chain.state, chain.initial.shape[1]
        return advance_ensemble(
            chain.context, chain.random, state["point"], state["log_densities"], float(self.stretch),
            int(self.steps_per_draw or min(d, MOST_STEPS)), *chain.work, values, stats,
        )  # fmt: skip
