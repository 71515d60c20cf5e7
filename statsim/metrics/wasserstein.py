r"""Wasserstein-1 distance of one column: $\int |F(t) - G(t)| dt$, the mean distance mass must move.

One sort, O(n log n). The error is that of the influence function with slope $\mathrm{sign}(F - G)$
(del Barrio, Gine, Matran 1999, Central limit theorems for the Wasserstein distance).
"""

import numpy as np

from statsim.metrics.arrays import numeric
from statsim.metrics.score import NOT_TESTED, Score
from statsim.metrics.steps import Steps


def wasserstein(real, synthetic):
    """Wasserstein-1 distance in the units of the column.

    Parameters
    ----------
    real, synthetic : array (n,), (m,)
        Numbers; NaN is missing.

    Returns
    -------
    Score
        At least 0, which is perfect.

    Raises
    ------
    ArgumentError
        A table without values, or an infinite value.

    Examples
    --------
    >>> from statsim.metrics import wasserstein
    >>> wasserstein([0.0, 1.0], [2.0, 3.0]).value
    2.0
    """
    steps = Steps.of(numeric(real, name="real"), numeric(synthetic, name="synthetic"))
    gap = steps.real - steps.synthetic
    pooled = steps.pooled
    expected = np.sqrt(2 / np.pi * steps.noise) * steps.integral(np.sqrt(pooled * (1 - pooled)))
    return Score(
        "Wasserstein-1 distance", steps.integral(np.abs(gap)), steps.error(np.sign(gap)), 0.0,
        float(expected), NOT_TESTED, steps.n_real, steps.n_synthetic,
    )  # fmt: skip
