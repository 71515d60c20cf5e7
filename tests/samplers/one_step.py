"""Transitions of a method from given points, without adaptation: what one-step invariance from exact draws is tested on."""

import numpy as np

from statsim.samplers.chains.chain import Chain
from tests.reference.metropolis import Stream


def chain_of(method, target, seed):
    """A chain of `method` that no driver owns."""
    start = np.zeros((method.lanes, target.unconstrained_dim))
    return Chain(0, target, target.context(), Stream(seed).state, start)


def advance(chain, method, n, *, warming=False):
    """Values (lanes, n, dim) and statistics (lanes, n, columns) of n iterations."""
    values = np.empty((method.lanes, n, chain.target.dim))
    stats = np.empty((method.lanes, n, len(method.statistics)))
    status, done = method.advance(chain, warming=warming, values=values, stats=stats)
    assert (status, done) == (0, n)
    return values, stats


def transitions(method, target, starts, *, seed, tune=None):
    """One iteration from each of `starts` (n, reals): the points x reached (n, dim), or (n, lanes, dim) from (n, lanes, reals)."""
    chain = chain_of(method, target, seed)
    reached = np.empty((len(starts), method.lanes, target.dim))
    for row, start in zip(reached, starts, strict=True):
        chain.initial = np.ascontiguousarray(start).reshape(method.lanes, -1)
        method.begin(chain, warmup=0)
        if tune is not None:
            tune(chain)
        row[:] = advance(chain, method, 1)[0][:, 0]
    return reached if method.lanes > 1 else reached[:, 0]
