r"""The integrated completed likelihood, :math:`-2 \sum_i \log p(x_i, \hat z_i) + p \log n` with :math:`\hat z_i` the most probable component.

C. Biernacki, G. Celeux, G. Govaert (2000), IEEE PAMI 22: BIC for clusters; it takes components that overlap for one.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import ArgumentTypeError
from statsim.evaluation.criteria.penalised import penalised


@dataclass(frozen=True)
class ICL:
    """The integrated completed likelihood of a mixture; lower is better. With one component it is BIC.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.models.mixture.gaussian_mixture import GaussianMixture
    >>> X = np.arange(10.0)[:, None]
    >>> model = GaussianMixture(1).fit(X)
    >>> bool(np.isclose(ICL().value(model, X).value, model.bic(X)))
    True
    """

    name: ClassVar[str] = "icl"

    def value(self, model, X):
        """`CriterionValue` of a fitted mixture."""
        return penalised(self.name, model, X, lambda p, n: p * math.log(n), extra=lambda scores: _doubt(model, X, len(scores)))


def _doubt(model, X, n):
    """-2 log probability (n,) of the most probable component."""
    if not hasattr(model, "predict_proba"):
        raise ArgumentTypeError(f"criterion='icl' needs components (predict_proba), and a {type(model).__name__} has none; use criterion='bic'")
    shares = np.asarray(model.predict_proba(X), float)
    if shares.ndim != 2 or len(shares) != n:
        raise ArgumentTypeError(f"criterion='icl' needs independent rows with components, and a {type(model).__name__} has none; use criterion='bic'")
    return -2.0 * np.log(shares.max(axis=1))
