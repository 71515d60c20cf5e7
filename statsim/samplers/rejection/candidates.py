"""Candidates in blocks until enough are accepted: the loop that every rejection method shares.

A block has its own stream, and blocks are looked at in order, so the accepted draws, their number of tries and the first error met are
the same for any number of threads; blocks beyond the last one needed are thrown away, whatever happened in them.
"""

from dataclasses import dataclass

import numpy as np

from statsim import blocks
from statsim.errors import SamplerError
from statsim.samplers.draws.independent import acceptance_of

REMEDY = "use a proposal nearer to the target, check that the bound is not far too large, or allow more with max_tries="
BLOCK = blocks.BLOCK_ROWS
_MOST_BLOCKS = 512  # in memory at a time
_TASK_BLOCKS = 8  # that a thread takes at a time


@dataclass(frozen=True)
class Block:
    """What came of one block of candidates.

    Attributes
    ----------
    rows : ndarray (k, dim)
        The accepted ones.
    places : ndarray (k,)
        Which candidates of the block they are, rising.
    evaluations : int
        Log densities computed.
    error : Exception or None
        Met at candidate `error_place`.
    """

    rows: np.ndarray
    places: np.ndarray
    evaluations: int
    error: Exception | None = None
    error_place: int = 0


def budget(max_tries, n):
    """The number of candidates allowed: `max_tries`, or 1000 for each draw and 100 000 more."""
    return 1000 * n + 100_000 if max_tries is None else max_tries


def collect(propose, n, *, dim, max_tries, size=BLOCK, num_threads=None, remedy=REMEDY):
    """The first n accepted rows (n, dim), and their `Acceptance`.

    Parameters
    ----------
    propose : callable
        `propose(block)` returns a `Block`; called from several threads.
    n, dim, max_tries : int
    size : int
        Candidates in a block.
    num_threads : int, optional
    remedy : str
        What to do when `max_tries` is spent.

    Raises
    ------
    SamplerError
        When `max_tries` candidates gave fewer.
    """
    values, accepted, evaluations, block, place = np.empty((n, dim)), 0, 0, 0, -1
    last_block = -(-max_tries // size)
    while accepted < n and block < last_block:
        wave = min(_wave(n - accepted, accepted, block, size), last_block - block)
        for result in _proposed(propose, block, wave, num_threads):
            taken = min(n - accepted, result.places.size)
            enough = accepted + taken == n
            if result.error is not None and not (enough and taken and result.places[taken - 1] < result.error_place):
                raise result.error
            values[accepted : accepted + taken] = result.rows[:taken]
            accepted, evaluations, block = accepted + taken, evaluations + result.evaluations, block + 1
            if enough:
                place = int(result.places[taken - 1]) if taken else -1
                break
    tries = (block - 1) * size + place + 1 if accepted == n else max_tries
    if accepted < n or tries > max_tries:
        raise SamplerError(
            f"{max_tries} candidates gave {accepted} of the {n} draws asked for (acceptance {accepted / max_tries:.3g}); {remedy}"
        )
    return values, acceptance_of(n, max(tries, 0), evaluations)


def _proposed(propose, first, count, num_threads):
    """Blocks `first` to `first + count - 1`, several to a task, in order."""

    def task(index):
        start = first + index * _TASK_BLOCKS
        return [_caught(propose, block) for block in range(start, min(start + _TASK_BLOCKS, first + count))]

    for group in blocks.map_chunks(task, -(-count // _TASK_BLOCKS), num_threads=num_threads):
        yield from group


def _caught(propose, block):
    """The block, with what it raised kept until its turn."""
    try:
        return propose(block)
    except Exception as error:
        return Block(np.empty((0, 0)), np.empty(0, np.int64), 0, error)


def _wave(missing, accepted, done, size):
    """Blocks to draw next: what is missing at the acceptance so far, and a little more."""
    rate = max(accepted, 1) / (done * size) if done else 1.0
    return int(min(1.02 * missing / rate / size + 1, _MOST_BLOCKS if done else 64))
