"""What a criterion says of one model."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class CriterionValue:
    """The value of a criterion with its uncertainty.

    Attributes
    ----------
    criterion : str
    value : float
        Sum of `pointwise` where there is one.
    standard_error : float
        Of the rows as a sample where there is a pointwise array (NaN for one row); of the Monte Carlo run otherwise.
    pointwise : ndarray (n,) or None
        What each row (or sequence) adds: two models on the same rows are compared in pairs.
    higher_is_better : bool
    n_parameters : float or None
        Free parameters; the effective number of WAIC and LOO.
    pareto_k : ndarray (n,) or None
    warnings : tuple of str
    """

    criterion: str
    value: float
    standard_error: float
    pointwise: np.ndarray | None = None
    higher_is_better: bool = False
    n_parameters: float | None = None
    pareto_k: np.ndarray | None = None
    warnings: tuple = ()


def of_rows(criterion, pointwise, **rest):
    """A value that is a sum over rows; its standard error is that of a sum of as many draws."""
    n = len(pointwise)
    error = float(np.sqrt(n) * pointwise.std(ddof=1)) if n > 1 and np.isfinite(pointwise).all() else float("nan")
    return CriterionValue(criterion, float(pointwise.sum()), error, pointwise, **rest)
