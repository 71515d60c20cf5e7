"""Exit codes, and the one line on standard error that goes with each."""

import contextlib
import enum
import os
import sys
import traceback

import click

from statsim.errors import (
    ArgumentError,
    ArgumentTypeError,
    DataError,
    FileRefusedError,
    FitError,
    ImpossibleConditionError,
    NotFittedError,
    OutputError,
    TooLargeError,
)


class Exit(enum.IntEnum):
    """What a script can rely on."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    OUTPUT = 3
    DATA = 4
    MODEL = 5
    FIT = 6
    TOO_LARGE = 7
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    TERMINATED = 143


class Terminated(BaseException):
    """SIGTERM arrived."""


class PipeClosedError(Exception):
    """Nobody reads standard output any more."""


_CODES = (
    (OutputError, Exit.OUTPUT),
    (FileRefusedError, Exit.MODEL),
    (NotFittedError, Exit.MODEL),
    (FitError, Exit.FIT),
    (ImpossibleConditionError, Exit.FIT),
    (TooLargeError, Exit.TOO_LARGE),
    (DataError, Exit.DATA),
    (ArgumentError, Exit.USAGE),
    (ArgumentTypeError, Exit.USAGE),
    (MemoryError, Exit.TOO_LARGE),
)


def explain(error):
    """Exit code of an exception, and what to print (None: nothing)."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code, None
    if isinstance(error, click.UsageError):
        return Exit.USAGE, _usage(error)
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Exit.INTERRUPTED, "interrupted; nothing partial was left"
    if isinstance(error, Terminated):
        return Exit.TERMINATED, "terminated; nothing partial was left"
    if isinstance(error, (BrokenPipeError, PipeClosedError)):
        return Exit.PIPE_CLOSED, None
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code, str(error) or "out of memory; ask for fewer rows or columns"
    return (
        Exit.UNEXPECTED,
        f"unexpected {type(error).__name__}: {error}; set STATSIM_DEBUG=1 to see where, and please report it",
    )


def complain(message):
    """Print one line on standard error, if anybody listens."""
    line = " ".join(str(message).split())
    with contextlib.suppress(OSError):
        click.echo(f"statsim: error: {line}", err=True)


def show_traceback():
    """Print the traceback of the exception being handled when STATSIM_DEBUG asks for it."""
    if os.environ.get("STATSIM_DEBUG", "0") not in ("", "0") and sys.stderr is not None:
        traceback.print_exc()


def _usage(error):
    command = error.ctx.command_path if error.ctx is not None else "statsim"
    message = error.format_message().rstrip(".")
    return f"{message[:1].lower()}{message[1:]}; see {command} --help"
