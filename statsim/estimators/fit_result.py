"""What a fit has to say about itself."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FitResult:
    """Account of a fit by maximum likelihood.

    Attributes
    ----------
    objective : float
        Log-likelihood at the parameters returned, in the units of the data.
    path : ndarray
        Objective along the run that was returned, never falling.
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

    def to_document(self):
        """JSON values for a model file (the path and the time are left out: they are not part of the model)."""
        return {
            "objective": float(self.objective),
            "converged": bool(self.converged),
            "reason": self.reason,
            "n_iter": int(self.n_iter),
            "n_starts": int(self.n_starts),
            "n_agreed": int(self.n_agreed),
            "n_spurious": int(self.n_spurious),
            "regularised": bool(self.regularised),
            "warnings": list(self.warnings),
        }
