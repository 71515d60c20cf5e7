"""The principle of the highest posterior density: maximum likelihood with a prior or a penalty.

D. V. Lindley, A. F. M. Smith, "Bayes estimates for the linear model", JRSS B 34 (1972); as penalised likelihood, I. J. Good,
R. A. Gaskins, Biometrika 58 (1971). The mode is that of the density of the parameters as the model names them, not of transforms of them.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from statsim.estimators.mle import MLE


@dataclass(frozen=True)
class MAP(MLE):
    """How to fit by maximum a posteriori or penalised likelihood: `MLE` with a prior.

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
    penalty : penalty object, optional
        Subtracted from the log-likelihood; without a prior it stands alone.

    Examples
    --------
    >>> MAP(n_init=5).prior is None
    True
    """

    prior: Any = None
    penalty: Any = None

    name: ClassVar[str] = "map"

    def fit(self, steps, *, key, first=None):
        """The best state of `steps` under the prior and penalty, and the account; see `MLE.fit`.

        Parameters
        ----------
        steps : statsim.protocols.MAPSteps
        key : ndarray (2,), uint64
        first : state, optional
        """
        regularised = steps.regularised(self.prior, self.penalty)
        state, result = super().fit(regularised, key=key, first=first)
        prior = None if regularised.prior is None else str(regularised.prior)
        return state, replace(result, criterion=regularised.criterion, prior=prior)
