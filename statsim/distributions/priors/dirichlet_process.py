"""The prior of a mixture with no fixed number of components: T. S. Ferguson, Annals of Statistics 1 (1973); J. Sethuraman, Statistica Sinica 4 (1994)."""

from dataclasses import dataclass

from statsim import checks


@dataclass(frozen=True)
class DirichletProcess:
    """Weights by stick breaking: each component takes a Beta(1, concentration) share of what those before it have left.

    Parameters
    ----------
    concentration : float
        Above 0; n rows have about ``concentration * log(1 + n / concentration)`` components before they are seen.

    Examples
    --------
    >>> DirichletProcess(1.0)
    DirichletProcess(concentration=1.0)
    """

    concentration: float = 1.0

    def __post_init__(self):
        checks.real(self.concentration, "concentration", minimum=0.0, open_minimum=True)
