r"""The variational principle: the law of a family that is nearest to the posterior.

M. Jordan et al., Machine Learning 37 (1999); D. Blei, A. Kucukelbir, J. McAuliffe, JASA 112 (2017). The loop raises the lower bound of
the evidence; whether the law it ends at can stand for the posterior is judged by Pareto's k of the importance weights of its own draws
(Y. Yao, A. Vehtari, D. Simpson, A. Gelman, ICML 2018).
"""

import warnings
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.errors import FitWarning
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.metrics.chains.pareto import pareto_smooth
from statsim.samplers.draws.independent import independent_draws

TRUSTED = 0.7


@dataclass(frozen=True)
class VB(MLE):
    """How to fit by variational Bayes.

    Parameters
    ----------
    prior : prior object or dict of them, optional
        What the model takes is said in its docstring; see `statsim.priors`. Default: the model's own, scale-aware and weak.
    draws : int
        Draws of the approximation: they stand for the posterior, and their weights are looked at.
    n_init, init, max_iter, short_iter, tol, n_polish, max_rows
        As for `MLE`.

    Examples
    --------
    >>> VB(draws=1000).name
    'vb'
    """

    prior: Any = None
    draws: int = 4000

    name: ClassVar[str] = "vb"

    def __post_init__(self):
        super().__post_init__()
        checks.integer(self.draws, "draws", minimum=100)

    def fit(self, steps, *, key, first=None):
        """Draws of the nearest law, and the account.

        Parameters
        ----------
        steps : statsim.protocols.VariationalSteps
        key : ndarray (2,), uint64
        first : state, optional

        Returns
        -------
        Posterior, FitResult

        Warns
        -----
        FitWarning
            When Pareto's k is above 0.7: the approximation should not stand for the posterior.
        """
        variational = steps.variational(self.prior)
        state, result = super().fit(variational, key=key, first=first)
        law = variational.law(state) if hasattr(variational, "law") else state
        values = law.sample(self.draws, key)
        k = float(pareto_smooth(law.log_weights(values)).k_hat)
        result = replace(result, criterion="lower bound of the evidence", prior=str(variational.prior), pareto_k=k)
        if not k <= TRUSTED:
            message = (
                f"Pareto k of the approximation is {k:.2f}, above {TRUSTED}: its draws should not stand for the posterior (means are often still "
                f"good, spreads too small); use method='bayes', or correct its draws by their weights"
            )
            result = replace(result, warnings=(*result.warnings, message))
            warnings.warn(message, FitWarning, stacklevel=3)
        return Posterior(independent_draws(values, law, self), law), result
