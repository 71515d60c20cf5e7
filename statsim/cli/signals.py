"""Signals become exceptions, so that every `with` block on the way out removes what it began."""

import contextlib
import signal
import threading
import time

from statsim.cli.exits import Terminated

_BOUNCE = 1.0  # seconds: a second Ctrl-C this soon is part of the first and must not break into the cleaning up


@contextlib.contextmanager
def raised():
    """Within the block SIGINT raises `KeyboardInterrupt` and SIGTERM `Terminated`, in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = _handler()
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old if old is not None else signal.SIG_DFL)


def _handler():
    last = -_BOUNCE

    def handle(number, frame):
        nonlocal last
        now = time.monotonic()
        if now - last < _BOUNCE:
            return
        last = now
        raise KeyboardInterrupt if number == signal.SIGINT else Terminated

    return handle
