"""The only door for seeds: an `rng` argument in, the key of a counter-based stream out.

A stream is named by a seed and a purpose. The seed goes through `numpy.random.SeedSequence` (an algorithm NumPy
promises not to change); the purpose is appended to its spawn key, so that the rows of a data set, the starts of a
fit and the identifiers of a table never share random numbers. No global random state is read or written.
"""

import enum
import numbers

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError

STREAM_VERSION = 1
"""Changes whenever the same model and seed would give other values. Stored in every file."""

_TAG = 0x73746174  # "stat": keeps our spawn keys apart from a user's own small integers


class Purpose(enum.IntEnum):
    """What a stream is for. The numbers are part of the stream version: append, never renumber."""

    SAMPLE = 1
    FIT = 2
    IDENTIFIER = 3
    METRIC = 4
    TEST = 5
    CHAIN = 6
    SAMPLER = 7


def seed_sequence(rng, *, name="rng"):
    """Turn `rng` into a `SeedSequence`.

    Parameters
    ----------
    rng : None, int, SeedSequence or Generator
        None is fresh entropy; an integer means the same values every time; a Generator is advanced, so two calls differ.
    name : str
        Name of the argument, for messages.

    Returns
    -------
    numpy.random.SeedSequence

    Raises
    ------
    ArgumentTypeError, ArgumentError
        For anything else, and for negative integers.

    Examples
    --------
    >>> seed_sequence(7).entropy
    7
    """
    if rng is None:
        return np.random.SeedSequence()
    if isinstance(rng, np.random.SeedSequence):
        return rng
    if isinstance(rng, np.random.Generator):
        return np.random.SeedSequence([int(word) for word in rng.integers(0, 2**64, size=4, dtype=np.uint64)])
    if isinstance(rng, numbers.Integral) and not isinstance(rng, (bool, np.bool_)):
        if rng < 0:
            raise ArgumentError(f"{name} must be a non-negative integer, got {rng!r}; use {name}={abs(int(rng))}")
        return np.random.SeedSequence(int(rng))
    raise ArgumentTypeError(
        f"{name} must be None, a non-negative integer, a numpy SeedSequence or a numpy Generator, "
        f"got {rng!r} of type {type(rng).__name__}; pass an integer for rows that can be repeated"
    )


def is_repeatable(rng):
    """True when `rng` names the same stream each time it is used (an integer or a SeedSequence)."""
    return isinstance(rng, np.random.SeedSequence) or (
        isinstance(rng, numbers.Integral) and not isinstance(rng, (bool, np.bool_))
    )


def stream_key(rng, purpose, *path, name="rng"):
    """Key of the stream of `rng` for one purpose.

    Parameters
    ----------
    rng : None, int, SeedSequence or Generator
    purpose : Purpose
    *path : int
        Further non-negative integers that separate streams of one purpose (a column, a start, a replication).

    Returns
    -------
    ndarray (2,), uint64
        What `statsim.kernels.streams.seed_block` takes, with a block number.

    Examples
    --------
    >>> [int(word) for word in stream_key(7, Purpose.SAMPLE)] == [int(word) for word in stream_key(7, Purpose.SAMPLE)]
    True
    """
    seed = seed_sequence(rng, name=name)
    tagged = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, _TAG, int(purpose), *path), pool_size=seed.pool_size)
    return tagged.generate_state(2, np.uint64)
