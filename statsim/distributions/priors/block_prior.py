"""The conjugate prior of a block model: a Dirichlet law of the weights of the blocks, one law for each cell of edge probabilities."""

from dataclasses import dataclass

from statsim import checks


@dataclass(frozen=True)
class BlockPrior:
    """Dirichlet weights and beta probabilities of edges; gamma rates in a degree-corrected model.

    Parameters
    ----------
    concentration : float
        Of the symmetric Dirichlet law of the block weights, above 0; 1 is uniform.
    a, b : float
        Of the beta law of each block probability, above 0; 1, 1 is uniform.
    shape, rate : float
        Of the gamma law of each rate of a degree-corrected model, above 0.

    Examples
    --------
    >>> BlockPrior(concentration=0.5, a=0.5, b=0.5)  # Latouche, Birmele, Ambroise (2012)
    BlockPrior(concentration=0.5, a=0.5, b=0.5, shape=1.0, rate=1e-09)
    """

    concentration: float = 1.0
    a: float = 1.0
    b: float = 1.0
    shape: float = 1.0
    rate: float = 1e-9

    def __post_init__(self):
        for name in ("concentration", "a", "b", "shape", "rate"):
            checks.real(getattr(self, name), name, minimum=0.0, open_minimum=True)

    def numbers(self, is_poisson):
        """(concentration, first and second number of a cell's law)."""
        return (self.concentration, self.shape, self.rate) if is_poisson else (self.concentration, self.a, self.b)
