r"""Gibbs sampling: each block of coordinates in turn is drawn from its law given the others.

Geman, Geman (1984), IEEE Transactions on Pattern Analysis and Machine Intelligence 6; Gelfand, Smith (1990), JASA 85. Random scans: Liu, Wong,
Kong (1995), JRSS B 57. A draw is one sweep, as many moves as there are blocks.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, SamplerError, TargetError
from statsim.samplers.gibbs.conditional import Conditional, DiscreteMove, SliceMove, as_moves, update_address
from statsim.samplers.targets.target import Target


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

    def begin(self, chain, *, warmup):
        """Set the chain at its start and lay out the moves."""
        target = chain.target
        moves = self._moves(target)
        widths = np.array([[move.width if isinstance(move, SliceMove) else 0.0, 0.0] for move in moves])
        start = chain.initial[0]
        chain.state = {"random": chain.random, "point": np.stack([start, np.zeros_like(start)]), "x": target.constrain(start), "widths": widths}
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
            if not isinstance(move, Conditional) and move.coordinate >= target.dim:
                raise ArgumentError(f"{move.name}: there is no coordinate {move.coordinate}, the target has {target.dim}")
            if not isinstance(move, Conditional) and isinstance(target, NoDensity):
                raise ArgumentError(f"{move.name} needs a log density; give sample(Target(log_density, dim=...), Gibbs(...))")
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
        status, done, place = advance_gibbs(
            chain.context, plan, tables, choices, state["widths"], state["random"], state["x"], self.scan == "random",
            warming, not isinstance(chain.target, NoDensity), values[0], stats[0],
        )  # fmt: skip
        if status:
            raise _error(chain, moves, status, int(place))
        return 0, done


class NoDensity(Target):
    """A target of which nothing is known but its dimension; its log density reads 0."""

    def __init__(self, *, dim):
        super().__init__(_zero, dim=dim, interpreted=True)


def _zero(x):
    return 0.0


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


def _error(chain, moves, status, place):
    """Why a sweep ended."""
    x, target = chain.state["x"], chain.target
    where = f", met by chain {chain.number}"
    if status == 2:
        return SamplerError(f"coordinate {target.names[place]} became nan{where}, x = {x.tolist()[:20]}; one of the conditionals wrote it")
    move = moves[place]
    if not isinstance(move, Conditional):
        return target.error_at(x, f"{where} in {move.name}")
    update = getattr(move.update, "py_func", move.update)
    try:
        update(x.copy(), chain.state["random"].copy(), *(target.data if move.data is None else move.data))
    except Exception as raised:
        error = TargetError(f"the conditional {move.name} raised {type(raised).__name__}: {raised} at x = {x.tolist()[:20]}{where}")
        error.__cause__ = raised
        return error
    return TargetError(f"the conditional {move.name} raised an exception at or near x = {x.tolist()[:20]}{where}")
