"""LAPACK on one thread while chains learn their metrics.

Chains have the cores already. OpenBLAS gives even a 31 x 31 eigenvalue problem to all of them and waits for each: 4.5 ms instead of 0.1,
and 40 on a busy machine. Results then do not depend on its threads either.
"""

import threading
from contextlib import contextmanager
from functools import cache

_LOCK = threading.Lock()
_HOLD = {"count": 0, "limit": None}


@cache
def _controller():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def one_blas_thread():
    """Linear algebra of NumPy uses one thread inside; the first to enter sets the limit, the last to leave lifts it."""
    with _LOCK:
        _HOLD["count"] += 1
        if _HOLD["count"] == 1:
            _HOLD["limit"] = _controller().limit(limits=1, user_api="blas")
    try:
        yield
    finally:
        with _LOCK:
            _HOLD["count"] -= 1
            if _HOLD["count"] == 0:
                _HOLD["limit"].restore_original_limits()
