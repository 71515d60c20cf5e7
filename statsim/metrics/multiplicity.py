"""Holm's step-down rule: many tests, one stated chance of any false alarm."""

import numpy as np


def holm(p_values, *, error_rate):
    """Which of many tests reject when the chance of any false rejection is held at `error_rate`.

    Parameters
    ----------
    p_values : array (k,)
        NaN is a test that was not made.
    error_rate : float
        In (0, 1).

    Returns
    -------
    rejected : bool array (k,)

    References
    ----------
    Holm 1979, A simple sequentially rejective multiple test procedure.

    Examples
    --------
    >>> from statsim.metrics import holm
    >>> holm([0.001, 0.04, 0.03], error_rate=0.05).tolist()
    [True, False, False]
    """
    p = np.asarray(p_values, dtype=float)
    made = np.flatnonzero(~np.isnan(p))
    order = made[np.argsort(p[made], kind="stable")]
    passed = p[order] <= error_rate / np.arange(order.size, 0, -1)
    rejected = np.zeros(p.size, dtype=bool)
    rejected[order[: int(np.argmin(passed)) if not passed.all() else order.size]] = True
    return rejected
