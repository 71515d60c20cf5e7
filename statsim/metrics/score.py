"""What every fidelity metric returns: a number, how far it may be off, and what a perfect generator would get."""

from dataclasses import dataclass

NOT_TESTED = float("nan")


@dataclass(frozen=True, slots=True)
class Score:
    """A number with its uncertainty.

    Parameters
    ----------
    name : str
        What was measured.
    value : float
        The measurement.
    error : float
        Standard error of `value` over new real and new synthetic rows.
    perfect : float
        The value when both laws are equal and the tables endless.
    expected : float
        What a perfect generator scores on average with these row counts; NaN where not known.
    p_value : float
        Chance that a perfect generator scores at least this badly; NaN where nothing is tested.
    n_real, n_synthetic : int
        Rows that entered (missing values do not).

    Examples
    --------
    >>> from statsim.metrics import ks_complement
    >>> str(ks_complement([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]))
    'Kolmogorov-Smirnov complement 1 +- 0.306 (perfect: 1)'
    """

    name: str
    value: float
    error: float
    perfect: float
    expected: float
    p_value: float
    n_real: int
    n_synthetic: int

    def __str__(self):
        return f"{self.name} {self.value:.3g} +- {self.error:.3g} (perfect: {self.perfect:g})"
