"""Signals answered at once, even from within a compiled kernel that runs for minutes.

Python runs signal handlers in the main thread only, between two steps of the interpreter. So the command runs in another
thread, while the main one waits: on a signal it removes the files that are being written and ends the process.
"""

import os
import signal
import threading

from statsim.cli import exits, progress
from statsim.outputs import abandon_partials

_STACK_BYTES = 16 * 2**20  # some systems give threads too little for a compiler


def interruptible(work):
    """Return `work()`, run beside the main thread; SIGINT and SIGTERM end the process meanwhile, with code 130 or 143."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    results = []
    usual = threading.stack_size(_STACK_BYTES)
    worker = threading.Thread(target=lambda: results.append(work()), name="statsim", daemon=True)
    worker.start()
    threading.stack_size(usual)
    while worker.is_alive():
        worker.join(0.2)  # where a wait without end cannot be interrupted, signals are seen this often
    return results[0]


def _end(number, frame):
    for repeated in (signal.SIGINT, signal.SIGTERM):
        signal.signal(repeated, signal.SIG_IGN)  # an impatient second one must not break into the cleaning up
    code, message = exits.explain(KeyboardInterrupt() if number == signal.SIGINT else exits.Terminated())
    abandon_partials()
    progress.abandon()
    exits.complain(message)
    os._exit(code)
