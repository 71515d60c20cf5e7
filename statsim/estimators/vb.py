r"""The variational principle: the law of a family that is nearest to the posterior.

M. Jordan et al., Machine Learning 37 (1999); D. Blei, A. Kucukelbir, J. McAuliffe, JASA 112 (2017). The loop raises the lower bound of
the evidence; whether the law it ends at can stand for the posterior is judged by Pareto's k of the importance weights of its own draws
(Y. Yao, A. Vehtari, D. Simpson, A. Gelman, ICML 2018).
"""

import inspect
import warnings
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, FitWarning
from statsim.estimators.evidence_bounds import evidence_bounds
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.metrics.chains.pareto import pareto_smooth
from statsim.samplers.draws.independent import independent_draws

TRUSTED = 0.7
_DIGITS = 9  # of log weights: what differs by less is rounding, not a tail


@dataclass(frozen=True)
class VB(MLE):
    """How to fit by variational Bayes.

    Parameters
    ----------
    n_init : int
        Starts of a problem with many optima.
    init : {"mixed", "kmeans++", "kmeans", "random"}
        Where they begin; see `MLE`.
    max_iter : int
        Steps of the loop at most.
    short_iter : int
        Steps of a short run.
    tol : float
        A run stops when the objective still to be gained is below `tol` per row.
    n_polish : int
        Different optima polished.
    max_rows : int
        Short runs use a subsample of this many rows when there are more.
    prior : prior object or dict of them, optional
        What the model takes is said in its docstring; see `statsim.priors`. Default: the model's own, scale-aware and weak.
    draws : int
        Draws of the approximation: they stand for the posterior, and their weights are looked at.
    family : {"mean-field", "full-rank", "laplace"}, optional
        Of laws in unconstrained reals, where the model's approximation is automatic (`statsim.estimators.automatic_variational`: regressions and
        targets; "full-rank" is their default, up to 40 coordinates). A model whose approximation is worked out by hand has one family and takes none.

    Examples
    --------
    >>> VB(draws=1000).name
    'vb'
    """

    prior: Any = None
    draws: int = 4000
    family: str | None = None

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
        variational = steps.variational(self.prior) if self.family is None else steps.variational(self.prior, **self._family_of(steps))
        state, result = super().fit(variational, key=key, first=first)
        law = variational.law_of(state) if hasattr(variational, "law_of") else state
        values, weights = self._drawn(law, key)
        k = float(pareto_smooth(np.round(weights, _DIGITS)).k_hat)
        bounds = evidence_bounds(weights) if getattr(law, "is_normalised", False) else None
        prior = None if variational.prior is None else str(variational.prior)
        result = replace(result, criterion="lower bound of the evidence", prior=prior, pareto_k=k, bounds=bounds)
        if not k <= TRUSTED:
            message = (
                f"Pareto k of the approximation is {k:.2f}, above {TRUSTED}: its draws should not stand for the posterior (means are often still "
                f"good, spreads too small); use method='bayes', or correct its draws by their weights"
            )
            result = replace(result, warnings=(*result.warnings, message))
            warnings.warn(message, FitWarning, stacklevel=3)
        return Posterior(independent_draws(values, law, self), law), result

    def _drawn(self, law, key):
        """Draws of the law and their log weights."""
        if hasattr(law, "draws_and_log_weights"):
            return law.draws_and_log_weights(self.draws, key)
        values = law.sample(self.draws, key)
        return values, law.log_weights(values)

    def _family_of(self, steps):
        """The argument that asks `steps` for a family."""
        if "family" not in inspect.signature(steps.variational).parameters:
            raise ArgumentError(f"family={self.family!r}: this model's approximation is worked out by hand and has one family; leave family out")
        return {"family": self.family}
