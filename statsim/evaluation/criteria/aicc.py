r"""AIC for few rows, :math:`-2 \log L + 2 p + 2 p (p + 1) / (n - p - 1)` (C. M. Hurvich, C.-L. Tsai 1989, Biometrika 76)."""

from dataclasses import dataclass
from typing import ClassVar

from statsim.evaluation.criteria.penalised import penalised


@dataclass(frozen=True)
class AICc:
    """AIC with its correction for few rows; lower is better.

    Examples
    --------
    >>> from statsim.models.laws.normal import Normal
    >>> X = [1.0, 2.0, 3.0, 4.0]
    >>> round(AICc().value(Normal().fit(X), X).value, 6)
    28.244082
    """

    name: ClassVar[str] = "aicc"

    def value(self, model, X):
        """`CriterionValue` of a fitted model; infinite where there are no more rows than parameters and one."""
        return penalised(self.name, model, X, _penalty, note=_note)


def _penalty(p, n):
    return 2.0 * p + 2.0 * p * (p + 1) / (n - p - 1) if n > p + 1 else float("inf")


def _note(p, n):
    return None if n > p + 1 else f"{n} rows are too few for {p} parameters: AICc needs {p + 2}"
