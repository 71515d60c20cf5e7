"""A run that is told to stop while a plain Python target is at work: the target is not called any more.

A thread that moves a chain says here which flag it obeys; the callback of an interpreted target looks at it before each call.
A compiled target is not asked: its chain ends at the next draw.
"""

import contextlib
import threading

_of_thread = threading.local()


@contextlib.contextmanager
def stopped_by(flag):
    """Within the block, targets called from this thread obey `flag`, a `threading.Event`."""
    before = getattr(_of_thread, "flag", None)
    _of_thread.flag = flag
    try:
        yield
    finally:
        _of_thread.flag = before


def is_stopped():
    """True when the run that this thread works for is to stop."""
    flag = getattr(_of_thread, "flag", None)
    return flag is not None and flag.is_set()
