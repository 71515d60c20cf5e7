"""What the loops hand back: coefficients and their covariance."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Fitted:
    """`values` in the order of `parameter_names` (the scale last, where there is one) and the covariance of the coefficients, None where it has no meaning."""

    values: np.ndarray
    covariance: np.ndarray | None
    value: float = 0.0
    result: Any = None
