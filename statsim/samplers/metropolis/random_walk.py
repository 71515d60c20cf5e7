r"""The random-walk Metropolis sampler, adaptive.

Metropolis et al. (1953), J. Chem. Phys. 21; Haario, Saksman, Tamminen (2001), An adaptive Metropolis algorithm, Bernoulli 7; Andrieu,
Thoms (2008), A tutorial on adaptive MCMC, Stat. Comput. 18. The transition is `statsim.kernels.metropolis.random_walk`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError

ADAPT = ("warmup", "always", False)
COVARIANCES = ("full", "diag", "unit")
MOST_FULL = 200
MOST_STEPS = 100


@dataclass(frozen=True)
class RandomWalk:
    r"""Random-walk Metropolis: normal steps whose size and shape follow the target. Needs no gradient.

    Parameters
    ----------
    scale : float, optional
        First size of a step, in units of the shape learned; default :math:`2.38 / \sqrt d`.
    target_accept : float, optional
        Acceptance that the scale is adapted to; default 0.44 in one dimension, falling to 0.234 in many (Roberts, Gelman,
        Gilks 1997).
    adapt : {"warmup", "always", False}
        When scale and covariance are adapted. "always" goes on after warm-up with steps that diminish, and is then correct in the
        limit only.
    covariance : {"full", "diag", "unit"}, optional
        What is learned of the shape; default "full" up to 200 coordinates, "diag" beyond.
    steps_per_draw : int, optional
        Steps between two kept draws; default the number of coordinates, at most 100. Draws of a random walk are close to their
        neighbours, and d steps cost less memory than d draws.

    Examples
    --------
    >>> RandomWalk(covariance="diag")
    RandomWalk(scale=None, target_accept=None, adapt='warmup', covariance='diag', steps_per_draw=None)
    """

    scale: float | None = None
    target_accept: float | None = None
    adapt: str | bool = "warmup"
    covariance: str | None = None
    steps_per_draw: int | None = None

    name: ClassVar[str] = "RandomWalk"
    needs_gradient: ClassVar[bool] = False
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (
        ("log_density", np.float64),
        ("acceptance", np.float32),
        ("step_size", np.float32),
        ("n_evaluations", np.int32),
    )

    def __post_init__(self):
        if self.scale is not None:
            checks.real(self.scale, "scale", minimum=0.0, open_minimum=True)
        if self.target_accept is not None:
            checks.real(self.target_accept, "target_accept", minimum=0.0, maximum=0.999, open_minimum=True)
        if self.adapt is True or self.adapt not in ADAPT:
            raise ArgumentError(f"adapt must be 'warmup', 'always' or False, got {self.adapt!r}")
        if self.covariance is not None:
            checks.choice(self.covariance, "covariance", COVARIANCES)
        if self.steps_per_draw is not None:
            checks.integer(self.steps_per_draw, "steps_per_draw", minimum=1)

    def begin(self, chain, *, warmup):
        """Set the chain at its start, with steps of the same size in each direction."""
        from statsim.kernels.hamiltonian.metric import DENSE, DIAGONAL
        from statsim.kernels.targets.evaluate import value_at

        point = chain.initial[:1].copy()
        d = point.shape[1]
        full = (self.covariance or ("full" if d <= MOST_FULL else "diag")) == "full"
        value = value_at(chain.context, point[0], np.zeros(d), False)
        chain.state = {
            "random": chain.random,
            "point": point,
            "numbers": np.array([value, np.log(self.scale or 2.38 / np.sqrt(d)), 0.0, 0.0]),
            "kind": np.array([DENSE if full else DIAGONAL], np.int64),
            "scale": np.ones(d),
            "factor": np.eye(d) if full else np.zeros((0, d)),
            "mean": point[0].copy(),
            "moments": np.eye(d)[None] if full else np.ones((1, 1, d)),
        }
        side = d if full else 0
        chain.work = ((np.zeros(d), np.zeros(d), np.zeros(d)), np.zeros((1, side, side)), np.zeros((1, side, side)))

    def edges(self, warmup):
        """No stages: everything adapts at each draw."""
        return []

    def at_edge(self, chain, iteration, *, warmup):
        """Nothing happens between stretches."""

    def end_warmup(self, chain):
        """Nothing to settle: the scale at the end of warm-up stays."""

    def advance(self, chain, *, warming, values, stats):
        """Make draws; scale and covariance adapt while `adapt` says so."""
        from statsim.kernels.metropolis.random_walk import advance_random_walk

        state, d = chain.state, chain.initial.shape[1]
        adapts = self.adapt == "always" or (self.adapt == "warmup" and warming)
        target_accept = (self.target_accept or 0.234 + 0.206 / d) if adapts else 0.0
        return advance_random_walk(
            chain.context, (int(state["kind"][0]), state["scale"], state["factor"]), chain.random, state["point"], state["numbers"],
            state["mean"], state["moments"], target_accept, adapts and self.covariance != "unit",
            self.steps_per_draw or min(d, MOST_STEPS), chain.work, values[0], stats[0],
        )  # fmt: skip
