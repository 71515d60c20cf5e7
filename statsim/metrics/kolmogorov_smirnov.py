"""Kolmogorov-Smirnov complement: one minus the largest gap between two distribution functions.

The error is the standard error of the gap at the point where it is largest (Raghavachari 1973, Limiting
distributions of Kolmogorov-Smirnov type statistics under the alternative); the p-value is Kolmogorov's law,
which is conservative where values are tied.
"""

import numpy as np

from statsim.metrics.arrays import numeric
from statsim.metrics.score import Score
from statsim.metrics.steps import Steps

_MEAN_OF_KOLMOGOROV = 0.8687311606361591  # sqrt(pi / 2) log 2


def ks_complement(real, synthetic):
    r"""One minus :math:`D = \sup_t |F(t) - G(t)|`.

    Parameters
    ----------
    real, synthetic : array (n,), (m,)
        Numbers; NaN is missing.

    Returns
    -------
    Score
        In [0, 1]; 1 is perfect.

    Raises
    ------
    ArgumentError
        A table without values, or an infinite value.

    Examples
    --------
    >>> from statsim.metrics import ks_complement
    >>> ks_complement([1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 5.0, 6.0]).value
    0.5
    """
    from scipy.special import kolmogorov

    steps = Steps.of(numeric(real, name="real"), numeric(synthetic, name="synthetic"))
    at = int(np.argmax(np.abs(steps.real - steps.synthetic)))
    f, g = steps.real[at], steps.synthetic[at]
    gap = abs(f - g)
    f, g = (steps.pooled[at],) * 2 if gap == 0 else (f, g)
    error = np.sqrt(f * (1 - f) / steps.n_real + g * (1 - g) / steps.n_synthetic)
    return Score(
        "Kolmogorov-Smirnov complement", float(1 - gap), float(error), 1.0,
        float(1 - _MEAN_OF_KOLMOGOROV * np.sqrt(steps.noise)), float(kolmogorov(gap / np.sqrt(steps.noise))),
        steps.n_real, steps.n_synthetic,
    )  # fmt: skip


def largest_gap(real, synthetic):
    """Where the two distribution functions lie furthest apart: (value, real share at or below it, synthetic share)."""
    steps = Steps.of(numeric(real, name="real"), numeric(synthetic, name="synthetic"))
    at = int(np.argmax(np.abs(steps.real - steps.synthetic)))
    return float(steps.grid[at]), float(steps.real[at]), float(steps.synthetic[at])
