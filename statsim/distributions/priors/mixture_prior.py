"""The prior of a mixture of normal laws: its weights, and the mean and covariance of each component."""

from dataclasses import dataclass
from typing import Any

from statsim.distributions.priors.dirichlet import Dirichlet
from statsim.distributions.priors.dirichlet_process import DirichletProcess
from statsim.distributions.priors.normal_inverse_wishart import NormalInverseWishart
from statsim.distributions.priors.univariate import Flat
from statsim.errors import ArgumentTypeError


@dataclass(frozen=True)
class MixturePrior:
    """Independent laws of the weights and of the components, which all have the same one.

    Parameters
    ----------
    weights : Dirichlet, DirichletProcess or Flat, optional
        Default: `Dirichlet(1.0)`, which is flat.
    components : NormalInverseWishart or Flat, optional
        Default, on the scale of the data as in C. Fraley, A. Raftery, Journal of Classification 24 (2007): the mean of the rows worth
        0.01 of a row, d + 2 degrees of freedom, and the covariance of the rows divided by ``n_components ** (2 / d)`` as scale (its diagonal
        where the columns are linearly dependent); under a process with the number of components expected of so many rows in the place of
        `n_components`. `Flat()` (maximum a posteriori only) is no prior.

    Examples
    --------
    >>> MixturePrior(weights=DirichletProcess(1.0))
    MixturePrior(weights=DirichletProcess(concentration=1.0), components=None)
    """

    weights: Any = None
    components: Any = None

    def __post_init__(self):
        _check(self.weights, "weights", (Dirichlet, DirichletProcess, Flat))
        _check(self.components, "components", (NormalInverseWishart, Flat))


def _check(value, name, kinds):
    if value is not None and not isinstance(value, kinds):
        hint = f"; write {value.__name__}(...)" if isinstance(value, type) else ""
        raise ArgumentTypeError(f"{name} must be one of {', '.join(kind.__name__ for kind in kinds)} of statsim.priors, or None, got {value!r:.100}{hint}")
