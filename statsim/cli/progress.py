"""A progress bar on standard error, where that is a terminal; silence elsewhere."""

import contextlib
import os
import sys


def _on_terminal():
    return sys.stderr is not None and sys.stderr.isatty()


def abandon():
    """Take away a bar that will never end, and give the terminal its cursor back."""
    if _on_terminal() and "rich.progress" in sys.modules:
        with contextlib.suppress(OSError):
            os.write(sys.stderr.fileno(), b"\r\x1b[K\x1b[?25h")


@contextlib.contextmanager
def bar(description, total):
    """A function `advance(step=1, description=None)` that moves a bar towards `total`.

    Parameters
    ----------
    description : str
    total : int or None
        None shows that something runs, without an end.
    """
    if not _on_terminal():
        yield lambda step=1, description=None: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=total)

        def advance(step=1, description=None):
            progress.update(task, advance=step, description=description)

        yield advance
