"""What a fit has to say about itself."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class FitResult:
    """Account of a fit.

    Attributes
    ----------
    objective : float
        What `criterion` names, at the parameters returned and in the units of the data.
    path : ndarray
        Objective along the run that was returned, never falling; of online EM that of each batch before it was used, which is noisy.
    converged : bool
    reason : str
        Why the run ended, in words.
    n_iter : int
        EM steps of the run that was returned.
    n_starts, n_agreed, n_spurious : int
        Short runs made; those that came to the best optimum; those that ended in a spurious or degenerate one.
    regularised : bool
        True when eigenvalues had to be bounded from below, relative to the data's own scale.
    seconds : float
    warnings : tuple of str
    criterion : {"log-likelihood", "penalised log-likelihood", "log posterior", "lower bound of the evidence", "mean log posterior", "held-out log-likelihood of a row"}
        What the objective is; a sampler reports the mean over its draws, NaN where it does not compute densities.
    prior : str or None
        The prior in words, where there is one.
    pareto_k : float or None
        Of the weights of draws of a variational approximation against the posterior: above 0.7 it should not be trusted.
    bounds : statsim.estimators.evidence_bounds.EvidenceBounds or None
        Of the log evidence by fresh draws, with Monte Carlo errors, where the approximation is automatic.
    """

    objective: float
    path: np.ndarray
    converged: bool
    reason: str
    n_iter: int
    n_starts: int
    n_agreed: int
    n_spurious: int
    regularised: bool
    seconds: float
    warnings: tuple = ()
    criterion: str = "log-likelihood"
    prior: str | None = None
    pareto_k: float | None = None
    bounds: Any = None

    def to_document(self):
        """JSON values for a model file (the path and the time are left out: they are not part of the model)."""
        document = {
            "objective": None if self.objective != self.objective else float(self.objective),
            "converged": bool(self.converged),
            "reason": self.reason,
            "n_iter": int(self.n_iter),
            "n_starts": int(self.n_starts),
            "n_agreed": int(self.n_agreed),
            "n_spurious": int(self.n_spurious),
            "regularised": bool(self.regularised),
            "warnings": list(self.warnings),
        }
        if self.criterion != "log-likelihood":
            document["criterion"] = self.criterion
        if self.prior is not None:
            document["prior"] = self.prior
        if self.pareto_k is not None and np.isfinite(self.pareto_k):
            document["pareto_k"] = float(self.pareto_k)
        if self.bounds is not None:
            document["bounds"] = {name: value if np.isfinite(value) else None for name, value in asdict(self.bounds).items()}
        return document
