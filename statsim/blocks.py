"""Rows in blocks: which block a row is in, and the thread pool that fills blocks.

A data set is cut into blocks of `BLOCK_ROWS` rows. Block b draws from its own stream, so any request is answered by
filling the whole blocks it touches and cutting off what was not asked for: values cannot depend on how rows were
split into requests, threads or shards.
"""

import contextlib
import contextvars
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from statsim.errors import ArgumentError
from statsim.protocols import BlockFill

BLOCK_ROWS = 1024
"""Rows in a block. Part of the stream version."""

_CHUNK_ROWS = 4096  # rows of a sum that a thread takes at a time: a few milliseconds of work
_TASK_BLOCKS = 32  # rows a thread takes at a time: 32 k, long enough to hide the hand-over, short enough to balance


_INSIDE = contextvars.ContextVar("statsim_inside_a_pool", default=False)


@contextlib.contextmanager
def inside_a_pool():
    """What this thread calls here uses one thread where no number is given: the tasks of a pool start no pools of their own."""
    token = _INSIDE.set(True)
    try:
        yield
    finally:
        _INSIDE.reset(token)


def is_inside_a_pool():
    """True in a task of `inside_a_pool`."""
    return _INSIDE.get()


def available_threads():
    """Cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def thread_count(num_threads=None):
    """Number of threads to use: the argument, else `STATSIM_NUM_THREADS`, else the cores this process may use.

    Raises
    ------
    ArgumentError
        When it is not a positive integer.
    """
    source, value = "num_threads", num_threads
    if value is None and _INSIDE.get():
        return 1
    if value is None:
        source, value = "the environment variable STATSIM_NUM_THREADS", os.environ.get("STATSIM_NUM_THREADS") or available_threads()
    try:
        count = int(value)
    except (TypeError, ValueError):
        count = 0
    if count < 1 or isinstance(value, (bool, float)):
        raise ArgumentError(f"{source} must be a positive integer, got {value!r}; leave it out to use all cores")
    return count


def map_chunks(function, n_chunks, *, num_threads=None):
    """`[function(0), ..., function(n_chunks - 1)]`, computed by a pool of threads, in order.

    The first exception is raised once the running calls have ended; calls not yet begun are dropped.
    """
    threads = min(thread_count(num_threads), n_chunks)
    if threads <= 1:
        return [function(index) for index in range(n_chunks)]
    with ThreadPoolExecutor(threads, thread_name_prefix="statsim") as pool:
        futures = [pool.submit(function, index) for index in range(n_chunks)]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def row_chunks(n_rows, *, most=64):
    """Bounds [(0, stop), (stop, ...), ...] of at most `most` chunks of rows; they depend on `n_rows` alone, not on threads."""
    size = max(_CHUNK_ROWS, -(-n_rows // most))
    return [(start, min(start + size, n_rows)) for start in range(0, n_rows, size)] or [(0, 0)]


def summed(function, chunks):
    """Element by element sum of the tuples `function(start, stop)` over `chunks`, in their order: the same bits for any threads."""
    parts = map_chunks(lambda index: function(*chunks[index]), len(chunks))
    return tuple(sum(column[1:], start=column[0]) for column in zip(*parts, strict=True))


def _fill_partial(fill, block, skip, count, outputs):
    """Fill one block in scratch memory and copy the rows asked for."""
    scratch = tuple(np.empty((BLOCK_ROWS, *out.shape[1:]), out.dtype) for out in outputs)
    fill(block, scratch)
    for out, full in zip(outputs, scratch, strict=True):
        out[:] = full[skip : skip + count]


def _tasks(start, n):
    """Cut rows [start, start + n) into (first row of the output, number of rows), at block boundaries."""
    tasks, row, end = [], start, start + n
    while row < end:
        block, skip = divmod(row, BLOCK_ROWS)
        if skip or end - row < BLOCK_ROWS:
            stop = min(end, (block + 1) * BLOCK_ROWS)
        else:
            stop = min(end // BLOCK_ROWS, block + _TASK_BLOCKS) * BLOCK_ROWS
        tasks.append((row - start, stop - row))
        row = stop
    return tasks


def fill_rows(fill: BlockFill, *, start, n, outputs, num_threads=None):
    """Write rows `start` to `start + n - 1` of a data set into `outputs`.

    Parameters
    ----------
    fill : statsim.protocols.BlockFill
        Writes whole blocks: `arrays` have the shapes of `outputs` but for the first axis, a multiple of `BLOCK_ROWS`,
        whose rows are those of blocks first_block, first_block + 1, ... Called from several threads at once.
    start, n : int
        First row and number of rows; any Python integers >= 0.
    outputs : tuple of ndarray, each with n rows
    num_threads : int, optional
    """
    tasks = _tasks(start, n)

    def run(index):
        offset, count = tasks[index]
        block, skip = divmod(start + offset, BLOCK_ROWS)
        views = tuple(out[offset : offset + count] for out in outputs)
        if skip or count % BLOCK_ROWS:
            _fill_partial(fill, block, skip, count, views)
        else:
            fill(block, views)

    map_chunks(run, len(tasks), num_threads=num_threads)
