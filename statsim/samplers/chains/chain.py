"""One chain: its target, its stream, the point it starts at, and everything it needs to go on."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from statsim.errors import ArgumentError, SamplerError, TargetError
from statsim.kernels.streams import fill_uniform, seed_block

TRIES = 100
REACH = 2.0
"""Starts are drawn uniformly from (-2, 2) in each unconstrained coordinate, as Stan does."""


@dataclass
class Chain:
    """A chain of a sampler; `state` holds all arrays that change, `work` what can be made again."""

    number: int
    target: Any
    context: tuple
    random: np.ndarray
    initial: np.ndarray
    state: dict = field(default_factory=dict)
    work: Any = None

    def error(self):
        """The error for a target that is wrong where the chain stands."""
        x = self.target.constrain(self.state["point"][0])
        return self.target.error_at(x, f", met by chain {self.number}")


def start_chain(target, number, *, key, initial, lanes, with_gradient, settle=None):
    """A chain at its start: `initial` where given, else the first point tried with a finite log density.

    `settle(target, y, random)`, of a method that cannot begin everywhere, gives the point x where it begins, None where it
    cannot: drawn where there is a stream, else checked.

    Raises
    ------
    TargetError
        Where the target is wrong at a start.
    SamplerError
        When 100 random starts have density zero.
    """
    chain = chain_anywhere(target, number, key=key, lanes=lanes)
    for lane in range(lanes):
        chain.initial[lane] = _start(chain, None if initial is None else initial[lane], with_gradient, settle)
    return chain


def chain_anywhere(target, number, *, key, lanes):
    """A chain with its stream, at zero in unconstrained reals, where the target is not asked: the method finds a place itself."""
    random = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(number), random)
    return Chain(number, target, target.context(), random, np.zeros((lanes, target.unconstrained_dim)))


def _start(chain, given, with_gradient, settle):
    if given is not None:
        y = chain.target.unconstrain(given, name="initial")
        y, value = _settled(chain, y, with_gradient, settle, None)
        if not np.isfinite(value):
            raise ArgumentError(
                f"initial has density zero at {given} (chain {chain.number}); start inside the support, or leave initial out to have starts drawn"
            )
        return y
    for _ in range(TRIES):
        y, value = _settled(chain, chain.target.draw_start(chain.random), with_gradient, settle, chain.random)
        if np.isfinite(value):
            return y
    raise SamplerError(
        f"chain {chain.number}: the log density is -inf at all {TRIES} starts tried; give initial=, a point inside the support, "
        f"or declare the support (Target(..., support=[Positive(), ...])) so that starts fall inside it"
    )


def _settled(chain, y, with_gradient, settle, random):
    """A start y where the method can begin, and the log density there, exactly at x: y and back would round it."""
    if settle is None:
        return y, _log_density(chain, y, with_gradient)
    x = settle(chain.target, y, random)
    if x is None:
        return y, -np.inf
    try:
        return chain.target.unconstrain(x), chain.target.log_density(x)
    except TargetError as error:
        raise chain.target.error_at(x, f", a start of chain {chain.number}") from error


def _log_density(chain, y, with_gradient):
    """Log density at unconstrained y; raises where the target is wrong."""
    from statsim.kernels.targets.evaluate import value_at

    gradient = np.full(len(y), np.nan)  # a gradient that adds to what it finds shows here
    chain.context[6][1] = np.nan
    value = value_at(chain.context, y, gradient, with_gradient)
    if np.isnan(value) or (with_gradient and np.isfinite(value) and np.isnan(gradient).any()):
        raise chain.target.error_at(chain.target.constrain(y), f", a start of chain {chain.number}")
    return value


def uniform_start(random, size):
    """A point (size,) drawn uniformly from (-2, 2) in each coordinate."""
    y = np.empty(size)
    fill_uniform(random, y)
    return REACH * (2.0 * y - 1.0)
