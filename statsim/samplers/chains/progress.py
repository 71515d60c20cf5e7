"""The wait for chains, with a display in a terminal when it is long: one line a chain."""

import time
from concurrent.futures import FIRST_EXCEPTION, wait

QUIET_SECONDS = 1.0
REFRESH_SECONDS = 0.2


def wait_for(futures, run, progress):
    """Wait until all chains are done, or one has failed; show how far they are.

    Parameters
    ----------
    futures : list of Future
    run : statsim.samplers.chains.run.ChainRun
        Its `done`, `last` and `divergences` are read while it goes on.
    progress : None, True or False
        None shows the display in a terminal (or notebook) once the wait has taken a second; True at once, wherever; False never.
    """
    began = time.monotonic()
    if progress is not True and not _left(futures, QUIET_SECONDS):
        return
    if progress is False or not (progress or _is_terminal()):
        while _left(futures, REFRESH_SECONDS):
            pass
        return
    with _live() as live:
        while _left(futures, REFRESH_SECONDS):
            live.update(table_of(run, time.monotonic() - began))
        live.update(table_of(run, time.monotonic() - began), refresh=True)


def _left(futures, seconds):
    """True while chains are at work and none has failed, after waiting up to `seconds`."""
    done, left = wait(futures, timeout=seconds, return_when=FIRST_EXCEPTION)
    return bool(left) and not any(future.exception() for future in done)


def _console():
    from rich.console import Console

    return Console(stderr=True)


def _is_terminal():
    console = _console()
    return console.is_terminal or console.is_jupyter


def _live():
    from rich.live import Live

    return Live(console=_console(), refresh_per_second=5, transient=False)


def table_of(run, seconds):
    """A line for each chain: iterations, stage, step size, divergences, time left after `seconds` of work."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    heads = ["chain", "", "draws", "stage", "step size", "divergences", "time left"]
    statistics = [name for name, _ in run.method.statistics]
    shown = [head for head in heads if head.replace("divergences", "divergent").replace(" ", "_") in {*statistics, "chain", "", "draws", "stage", "time_left"}]
    for head in shown:
        table.add_column(head, justify="left" if head in ("", "stage") else "right")
    for number, done in enumerate(run.done.tolist()):
        cells = dict(zip(heads, _cells(run, number, done, seconds, statistics), strict=True))
        cells[""] = ProgressBar(run.total or 1, done if run.total else 1, width=24)
        table.add_row(*(cells[head] for head in shown))
    return table


def _cells(run, number, done, seconds, statistics):
    stage = _stage(done, run)
    step = f"{run.last[number, statistics.index('step_size')]:.3g}" if "step_size" in statistics and done else ""
    return str(number), "", f"{done}/{run.total}", stage, step, str(run.divergences[number]), _time_left(done, run, seconds, number)


def _stage(done, run):
    if done >= run.total:
        return "done"
    if not done:
        return "starting (a sampler compiles when first used)"
    return "warm-up" if done < run.warmup else "sampling"


def _time_left(done, run, seconds, number):
    """Minutes and seconds at the pace since the chain's first iteration of this run."""
    resumed = run.checkpoint.resumed_at(number)
    if done >= run.total:
        return "0:00"
    if done <= resumed or done < 2:
        return "-:--"
    left = round(seconds * (run.total - done) / (done - resumed))
    hours, minutes = divmod(left // 60, 60)
    return f"{hours}:{minutes:02d}:{left % 60:02d}" if hours else f"{minutes}:{left % 60:02d}"
