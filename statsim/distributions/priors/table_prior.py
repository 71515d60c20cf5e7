"""The prior of a mixture over rows of mixed types: some rows of the table's own margins in each component, and the weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim import checks
from statsim.distributions.priors.dirichlet import Dirichlet
from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True)
class TablePrior:
    """Pseudo-rows (A. Gelman et al., Bayesian Data Analysis 2013, section 2.4): conjugate priors centred at the whole table.

    In each component and with :math:`p_v` the share of value v in the whole table, categories have a Dirichlet law of
    concentrations :math:`1 + r p_v`, and so has a cell being missing; the mean of a Poisson count has a gamma law of shape :math:`1 + r m` and rate r, m the
    table's mean; the covariance of the continuous columns has an inverse Wishart law worth r deviations of the table's.

    Parameters
    ----------
    rows : float
        r, above 0.
    weights : Dirichlet, optional
        Of the components' weights, concentrations at least 1; default `Dirichlet(1.0)`, which is flat.

    Examples
    --------
    >>> TablePrior(rows=2.0)
    TablePrior(rows=2.0, weights=Dirichlet(concentration=1.0))
    """

    rows: float = 1.0
    weights: Any = Dirichlet(1.0)

    def __post_init__(self):
        checks.real(self.rows, "rows", minimum=0.0, open_minimum=True)
        if not isinstance(self.weights, Dirichlet):
            raise ArgumentTypeError(f"weights must be a Dirichlet of statsim.priors, got {self.weights!r:.100}")
        if np.min(self.weights.concentration) < 1.0:
            raise ArgumentError(f"weights={self.weights!r}: concentrations of a table's components must be at least 1, so that none vanishes; n_components sets their number")
