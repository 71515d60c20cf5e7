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
    prior : prior object or dict of them, optional
        What the model takes is said in its docstring; see `statsim.priors`. Default: the model's own, scale-aware and weak.
    penalty : penalty object, optional
        Subtracted from the log-likelihood; without a prior it stands alone.
    n_init, init, max_iter, short_iter, tol, n_polish, max_rows
        As for `MLE`.

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
