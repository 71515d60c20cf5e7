r"""The Bayesian information criterion, :math:`-2 \log L + p \log n` (G. Schwarz 1978, Ann. Stat. 6): minus twice the log evidence, but for a bounded term."""

import math
from dataclasses import dataclass
from typing import ClassVar

from statsim.evaluation.criteria.penalised import penalised


@dataclass(frozen=True)
class BIC:
    """The Bayesian information criterion; lower is better. Sequences count their steps, as the models' own `bic` does.

    Examples
    --------
    >>> from statsim.models.laws.normal import Normal
    >>> X = [1.0, 2.0, 3.0]
    >>> round(BIC().value(Normal().fit(X), X).value, 6)
    9.49446
    """

    name: ClassVar[str] = "bic"

    def value(self, model, X):
        """`CriterionValue` of a fitted model."""
        return penalised(self.name, model, X, lambda p, n: p * math.log(n), note=_note)


def _note(p, n):
    return "one observation: the penalty p log n is 0, so BIC says nothing; use 'aic'" if n == 1 else None
