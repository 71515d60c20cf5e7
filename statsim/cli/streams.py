"""Standard output as a place that can be closed, full or missing."""

import contextlib
import os
import sys

from statsim.cli.exits import PipeClosedError
from statsim.errors import OutputError


def occupy_closed_descriptors():
    """Open the null device on descriptors 0 to 2 that are closed, so that no output file ever gets such a number."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


@contextlib.contextmanager
def standard_output():
    """The binary standard output; what fails on it is an `OutputError`, or `PipeClosedError` when nobody reads."""
    if sys.stdout is None:
        raise PipeClosedError
    try:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise PipeClosedError from error
    except OSError as error:
        cause = error.__cause__ if isinstance(error, OutputError) else error
        raise OutputError(f"cannot write to standard output: {getattr(cause, 'strerror', None) or error}") from error


def write_line(text=""):
    """Print to standard output."""
    with standard_output() as out:
        encoding = sys.stdout.encoding or "utf-8"
        out.write(f"{text}\n".encode(encoding, errors="backslashreplace"))


def abandon_standard_output():
    """Send what is still buffered to the null device, so that the interpreter's last flush cannot fail."""
    if sys.stdout is None:
        return
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):
        pass
