"""An estimate and its standard error."""

from typing import NamedTuple

import numpy as np


class Estimate(NamedTuple):
    """A number, or an array of them, with its standard error.

    Attributes
    ----------
    value : float or ndarray
    standard_error : float or ndarray

    Examples
    --------
    >>> value, error = Estimate(1.5, 0.1)
    >>> value
    1.5
    """

    value: float | np.ndarray
    standard_error: float | np.ndarray
