r"""Gibbs sampling: each block of coordinates in turn is drawn from its law given the others.

Geman, Geman (1984), IEEE Transactions on Pattern Analysis and Machine Intelligence 6; Gelfand, Smith (1990), JASA 85. Random scans: Liu, Wong,
Kong (1995), JRSS B 57. A draw is one sweep, as many moves as there are blocks.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.targets.transforms import CORRELATION, SIMPLEX
from statsim.samplers.gibbs.conditional import Conditional, DiscreteMove, SliceMove, as_moves, update_address
from statsim.samplers.gibbs.discrete_start import drawn_start, exact_start
from statsim.samplers.gibbs.failure import sweep_error
from statsim.samplers.targets.interpretation import raise_interruption
from statsim.samplers.targets.target import Target


_TIED = {SIMPLEX: "Simplex", CORRELATION: "CorrelationCholesky"}


@dataclass(frozen=True)
class Gibbs:
    """Gibbs sampler.

    Parameters
    ----------
    conditionals : sequence of functions, Conditional, SliceMove and DiscreteMove, optional
        One for each block, in the order of the scan. A function is ``update(x, random, *data)`` (see `Conditional`). Default: those
        that the target knows (a Gaussian mixture between bounds).
    scan : {"systematic", "random"}
        All moves in their order, or each time one drawn at random.

    Examples
    --------
    >>> import numba
    >>> from statsim.samplers import variates
    >>> from statsim.samplers.sampling import sample
    >>> @numba.njit
    ... def first(x, random):
    ...     x[0] = 0.5 * x[1] + 0.75**0.5 * variates.standard_normal(random)
    >>> @numba.njit
    ... def second(x, random):
    ...     x[1] = 0.5 * x[0] + 0.75**0.5 * variates.standard_normal(random)
    >>> draws = sample(None, Gibbs([first, second]), initial=[0.0, 0.0], draws=2000, rng=0)
    >>> draws.values.shape
    (4, 2000, 2)
    """

    conditionals: Any = None
    scan: str = "systematic"

    name: ClassVar[str] = "Gibbs"
    needs_gradient: ClassVar[bool] = False
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (("log_density", np.float64),)

    def __post_init__(self):
        checks.choice(self.scan, "scan", ("systematic", "random"))
        if self.conditionals is not None:
            as_moves(self.conditionals)

    def bare_target(self, initial):
        """What stands for a target where only conditionals are given: the dimension of `initial`, and no density."""
        if initial is None:
            raise ArgumentError("Gibbs without a target needs initial=, a point (dim,) where the chains begin")
        if self.conditionals is None:
            raise ArgumentError("Gibbs without a target needs conditionals=[update, ...]")
        return NoDensity(dim=np.shape(initial)[-1])

    def settle(self, target, y, random):
        """The point x of a start y, discrete coordinates drawn from their values; where `random` is None, y was given and is checked."""
        moves = self._moves(target)
        return exact_start(target, moves, y) if random is None else drawn_start(target, moves, y, random)

    def begin(self, chain, *, warmup):
        """Set the chain at its start and lay out the moves."""
        target = chain.target
        moves = self._moves(target)
        widths = np.array([[move.width if isinstance(move, SliceMove) else 0.0, 0.0] for move in moves])
        start = chain.initial[0]
        chain.state = {"random": chain.random, "point": np.stack([start, np.zeros_like(start)]), "x": exact_start(target, moves, start), "widths": widths}
        chain.work = moves, *_plan(moves, target)

    def _moves(self, target):
        if self.conditionals is not None:
            moves = as_moves(self.conditionals)
        elif hasattr(target, "conditionals"):
            moves = target.conditionals()
        else:
            raise ArgumentError(
                f"{target!r} does not know its conditional laws; give Gibbs([update, ...]), one function for each block, "
                f"or SliceMove(i) for coordinates with no closed form"
            )
        for move in moves:
            _check(move, target)
        return moves

    def edges(self, warmup):
        """Nothing happens between stretches of warm-up."""
        return []

    def at_edge(self, chain, iteration, *, warmup):
        """Nothing."""

    def end_warmup(self, chain):
        """Widths stay as they are from here on: the kernel adapts in warm-up only."""

    def advance(self, chain, *, warming, values, stats):
        """Run sweeps."""
        from statsim.kernels.gibbs.advance import advance_gibbs

        moves, plan, tables, choices, _ = chain.work
        state = chain.state
        status, done, at = advance_gibbs(
            chain.context, plan, tables, choices, state["widths"], state["random"], state["x"], self.scan == "random",
            warming, not isinstance(chain.target, NoDensity), values[0], stats[0],
        )  # fmt: skip
        raise_interruption()  # a sweep made again may have passed what interrupted a plain Python update
        if status:
            raise sweep_error(chain, moves[at], status)
        return 0, done


class NoDensity(Target):
    """A target of which nothing is known but its dimension; its log density reads 0."""

    def __init__(self, *, dim):
        super().__init__(_zero, dim=dim, interpreted=True)


def _zero(x):
    return 0.0


def _check(move, target):
    """Refuse a move over coordinates that the target does not have, or that cannot move one at a time."""
    for coordinate in move.touched:
        if coordinate >= target.dim:
            raise ArgumentError(f"{move.name}: there is no coordinate {coordinate}, the target has {target.dim}, 0 to {target.dim - 1}")
    if isinstance(move, Conditional):
        return
    if isinstance(target, NoDensity):
        raise ArgumentError(f"{move.name} needs a log density; give sample(Target(log_density, dim=...), Gibbs(...))")
    for kind, _, _, begin, size in target.context()[3]:
        if kind in _TIED and begin <= move.coordinate < begin + size:
            raise ArgumentError(
                f"{move.name}: {target.names[move.coordinate]} is part of a {_TIED[kind]}, whose coordinates cannot move one at a time; "
                f"give a conditional that draws them together, or use NUTS(), RandomWalk() or Slice()"
            )


def _plan(moves, target):
    """Rows (kind, address or coordinate, begin, end), tables, choices, and what keeps the addresses valid."""
    from statsim.kernels.gibbs.advance import ENUMERATE, SLICE, UPDATE

    plan, tables, choices, alive = [], [np.zeros(0, np.int64)], [np.zeros(0)], []
    words = values = 0
    for move in moves:
        if isinstance(move, Conditional):
            address, table, kept = update_address(move, target)
            plan.append((UPDATE, address, words, words + table.size))
            words += table.size
            tables.append(table)
            alive.append(kept)
        elif isinstance(move, DiscreteMove):
            plan.append((ENUMERATE, move.coordinate, values, values + len(move.values)))
            values += len(move.values)
            choices.append(np.asarray(move.values, np.float64))
        else:
            plan.append((SLICE, move.coordinate, 0, 0))
    return np.array(plan, np.int64), np.concatenate(tables), np.concatenate(choices), alive
