"""Many fits at once: bootstrap replications, folds, candidates of a selection.

A pool of threads (kernels release the interpreter's lock), one thread inside each task, a bar on a terminal once the wait is long; inside another such
call (folds of a candidate) one after another. What a task gives depends on its number alone, so the answer is the same for any number of threads.
"""

import contextlib
import warnings
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from statsim import blocks
from statsim.errors import FitWarning

_QUIET_SECONDS = 1.0
_REFRESH_SECONDS = 0.1


def map_fits(function, n, *, description, num_threads=None, progress=None, last_first=False):
    """`[function(0), ..., function(n - 1)]`; warnings of fits are left to their results.

    Parameters
    ----------
    function : callable
        Called from several threads.
    n : int
    description : str
        Beside the bar.
    num_threads : int, optional
        Default: `STATSIM_NUM_THREADS`, else the cores this process may use.
    progress : bool, optional
        None shows the bar in a terminal once a second has passed; True at once, wherever; False never.
    last_first : bool
        Begin with the last tasks: where they are the longest, no thread is left with one at the end.
    """
    if blocks.is_inside_a_pool():
        return [function(index) for index in range(n)]
    threads = max(1, min(blocks.thread_count(num_threads), n))

    def alone(index):
        with blocks.inside_a_pool():
            return function(index)

    with _without_fit_warnings(), ThreadPoolExecutor(threads, thread_name_prefix="statsim") as pool:
        order = range(n - 1, -1, -1) if last_first else range(n)
        futures = {index: pool.submit(alone, index) for index in order}
        try:
            _wait_for(list(futures.values()), description, progress)
            return [futures[index].result() for index in range(n)]
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


@contextlib.contextmanager
def _without_fit_warnings():
    """Filters belong to the process, so they are changed here, around the pool, and not in its threads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        yield


def _wait_for(futures, description, progress):
    """Wait until all are done or one has failed."""
    if progress is not True:
        wait(futures, timeout=_QUIET_SECONDS, return_when=FIRST_EXCEPTION)
    if progress is False or (progress is None and (_ended(futures) or not _is_terminal())):
        wait(futures, return_when=FIRST_EXCEPTION)
        return
    with _bar(description, len(futures)) as show:
        while not _ended(futures):
            wait(futures, timeout=_REFRESH_SECONDS, return_when=FIRST_EXCEPTION)
            show(sum(future.done() for future in futures))


def _ended(futures):
    return all(future.done() for future in futures) or any(future.done() and future.exception() for future in futures)


def _is_terminal():
    console = _console()
    return console.is_terminal or console.is_jupyter


def _console():
    from rich.console import Console

    return Console(stderr=True)


@contextlib.contextmanager
def _bar(description, total):
    """A function that moves a bar to a number of tasks done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_console(), transient=True) as bar:
        task = bar.add_task(description, total=total)
        yield lambda done: bar.update(task, completed=done)
