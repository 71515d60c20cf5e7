"""The prior of a mixture over tables, checked."""

import numpy as np

from statsim.distributions.priors import Dirichlet, TablePrior
from statsim.errors import ArgumentError, ArgumentTypeError


def checked_prior(prior, penalty):
    """`prior` as a `TablePrior`, the default where it is None.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For another prior, and for any penalty.
    """
    if penalty is not None:
        raise ArgumentError(f"penalty={penalty!r:.200}: a mixture over tables takes a prior, such as statsim.priors.TablePrior(rows=2.0); leave penalty out")
    prior = TablePrior() if prior is None else TablePrior(weights=prior) if isinstance(prior, Dirichlet) else prior
    if not isinstance(prior, TablePrior):
        raise ArgumentTypeError(f"prior={prior!r:.200}: a mixture over tables takes statsim.priors.TablePrior(rows=..., weights=...) or a Dirichlet of its weights")
    if np.ndim(prior.weights.concentration):
        raise ArgumentError(f"prior={prior!r:.200}: components of a table have no numbers before the fit; give one concentration for all")
    return prior
