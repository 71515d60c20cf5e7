"""The slice sampler, one coordinate after the other.

Neal (2003), Slice sampling, Ann. Statist. 31: stepping out and shrinkage. The transition is `statsim.kernels.metropolis.slice`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks


@dataclass(frozen=True)
class Slice:
    """Slice sampling: no step to tune, no proposal refused for good. Needs no gradient; good with few, not too correlated coordinates.

    Parameters
    ----------
    width : float
        First width of the interval about a coordinate; widths follow the target in warm-up.
    max_widths : int
        An interval grows to at most so many widths.
    adapt : bool
        Whether widths are learned in warm-up.
    sweeps_per_draw : int
        Sweeps through all coordinates between two kept draws.

    Examples
    --------
    >>> Slice(width=0.5)
    Slice(width=0.5, max_widths=100, adapt=True, sweeps_per_draw=1)
    """

    width: float = 1.0
    max_widths: int = 100
    adapt: bool = True
    sweeps_per_draw: int = 1

    name: ClassVar[str] = "Slice"
    needs_gradient: ClassVar[bool] = False
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (
        ("log_density", np.float64),
        ("acceptance", np.float32),
        ("step_size", np.float32),
        ("n_evaluations", np.int32),
    )

    def __post_init__(self):
        checks.real(self.width, "width", minimum=0.0, open_minimum=True)
        checks.integer(self.max_widths, "max_widths", minimum=1)
        checks.integer(self.sweeps_per_draw, "sweeps_per_draw", minimum=1)

    def begin(self, chain, *, warmup):
        """Set the chain at its start, with the same width in each direction."""
        from statsim.kernels.targets.evaluate import value_at

        point = chain.initial[:1].copy()
        d = point.shape[1]
        value = value_at(chain.context, point[0], np.zeros(d), False)
        chain.state = {"random": chain.random, "point": point, "numbers": np.array([value, 0.0]), "widths": np.full(d, float(self.width))}
        chain.work = np.zeros(d), np.zeros(2), np.zeros(2)

    def edges(self, warmup):
        """No stages: widths adapt at each sweep."""
        return []

    def at_edge(self, chain, iteration, *, warmup):
        """Nothing happens between stretches."""

    def end_warmup(self, chain):
        """The widths at the end of warm-up stay."""

    def advance(self, chain, *, warming, values, stats):
        """Make draws; widths adapt in warm-up only."""
        from statsim.kernels.metropolis.slice import advance_slice

        state = chain.state
        return advance_slice(
            chain.context, chain.random, state["point"], state["numbers"], state["widths"], int(self.max_widths), bool(warming and self.adapt),
            int(self.sweeps_per_draw), chain.work, values[0], stats[0],
        )  # fmt: skip
