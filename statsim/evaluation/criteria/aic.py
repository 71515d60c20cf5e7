r"""Akaike's information criterion, :math:`-2 \log L + 2 p` (H. Akaike 1974, IEEE TAC 19): twice the expected loss of prediction, where the model is right."""

from dataclasses import dataclass
from typing import ClassVar

from statsim.evaluation.criteria.penalised import penalised


@dataclass(frozen=True)
class AIC:
    """Akaike's information criterion; lower is better.

    Examples
    --------
    >>> from statsim.models.laws.normal import Normal
    >>> X = [1.0, 2.0, 3.0]
    >>> found = AIC().value(Normal().fit(X), X)
    >>> round(found.value, 6), found.n_parameters
    (11.297236, 2)
    """

    name: ClassVar[str] = "aic"

    def value(self, model, X):
        """`CriterionValue` of a fitted model."""
        return penalised(self.name, model, X, lambda p, n: 2.0 * p)
