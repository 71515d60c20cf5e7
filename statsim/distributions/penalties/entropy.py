r"""A price on the entropy of a mixture's weights, so that few components carry the rows: M. Brand, Neural Computation 11 (1999).

The penalty is :math:`\lambda H(w) = -\lambda \sum_k w_k \log w_k`. Its negative is convex, so that its tangent lies below it; with the tangent in its place the
M step is :math:`w_k = n_k / (\mu - \lambda \log w_k^{old})`, :math:`\mu` the one root of :math:`\sum_k w_k = 1`, and the objective never falls.
"""

from dataclasses import dataclass

import numpy as np

from statsim import checks

_LEAST = 1e-300


@dataclass(frozen=True)
class Entropy:
    """`strength` times the entropy of the weights, subtracted from the log-likelihood.

    Parameters
    ----------
    strength : float
        Above 0, in rows: what a nat of entropy costs.

    Examples
    --------
    >>> round(Entropy(10.0).value([0.5, 0.5]), 6)
    6.931472
    """

    strength: float

    def __post_init__(self):
        checks.real(self.strength, "strength", minimum=0.0, open_minimum=True)

    def value(self, weights, covariances=None):
        """The penalty at `weights` (k,)."""
        weights = np.asarray(weights, float)
        return -self.strength * float((weights * np.log(np.maximum(weights, _LEAST))).sum())

    def update_weights(self, counts, weights):
        """Weights (k,) that raise sum counts log w less the penalty above that of `weights` (k,)."""
        slopes = self.strength * np.log(np.maximum(weights, _LEAST))
        slopes -= slopes.max()
        low, high = counts[slopes.argmax()], counts.sum()  # at `low` one weight alone is 1, at `high` the sum is at most 1
        for _ in range(200):
            middle = 0.5 * (low + high)
            if not low < middle < high:
                break
            low, high = (middle, high) if (counts / (middle - slopes)).sum() > 1.0 else (low, middle)
        found = counts / (high - slopes)
        return found / found.sum()
