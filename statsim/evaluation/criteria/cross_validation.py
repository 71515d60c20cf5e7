r"""The cross-validated log score, :math:`\sum_i \log p(x_i \mid x_{-f(i)})`: each row scored by a fit to the folds that it is not in.

M. Stone (1974), JRSS B 36; S. Geisser (1975), JASA 70. Folds are of equal size but for one row, keyed by a seed, so that models are compared on the same ones.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, FitError
from statsim.estimators.data_rows import parts_of, unfitted
from statsim.estimators.many_fits import map_fits
from statsim.evaluation.criteria.criterion_value import of_rows
from statsim.evaluation.criteria.scores import row_scores

_STREAM = 50


@dataclass(frozen=True)
class CrossValidation:
    """The log score of rows (or whole sequences) left out of the fit; higher is better. It fits the model again, once for each fold.

    Parameters
    ----------
    folds : int or "loo"
        "loo" leaves out one row at a time.
    rng : int or SeedSequence
        Names the folds.
    num_threads : int, optional
        Folds fitted at a time. Never changes the value.

    Examples
    --------
    >>> from statsim.models.laws.normal import Normal
    >>> X = [1.0, 2.0, 4.0, 7.0]
    >>> CrossValidation(folds="loo").value(Normal().fit(X), X).pointwise.shape
    (4,)
    """

    folds: Any = 10
    rng: Any = 0
    num_threads: int | None = None

    name: ClassVar[str] = "cv"

    def __post_init__(self):
        if self.folds != "loo":
            checks.integer(self.folds, "folds", minimum=2, remedy="or folds='loo' for one row at a time")
        if not rngs.is_repeatable(self.rng):
            raise ArgumentError(f"rng must be an integer or a SeedSequence, so that every model has the same folds; got {self.rng!r}")

    def value(self, model, X):
        """`CriterionValue` of a model, whose constructor arguments are used; its own parameters are not."""
        row_scores(model, X)
        n, take = parts_of(model, X, "cross-validation")
        folds = self._folds(n)

        def one(index):
            try:
                fitted = unfitted(model).fit(take(np.flatnonzero(folds != index)))
            except FitError as error:
                raise FitError(f"fold {index} of {folds.max() + 1} could not be fitted: {error}") from error
            return row_scores(fitted, take(np.flatnonzero(folds == index)))

        pointwise = np.empty(n)
        for index, scores in enumerate(map_fits(one, int(folds.max()) + 1, description="cross-validation", num_threads=self.num_threads)):
            pointwise[folds == index] = scores
        lost = int(np.count_nonzero(np.isneginf(pointwise)))
        notes = (f"{lost} row(s) left out have density 0 under the fit to the others",) if lost else ()
        return of_rows(self.name, pointwise, higher_is_better=True, warnings=notes)

    def _folds(self, n):
        """The fold (n,) of each row."""
        count = n if self.folds == "loo" else self.folds
        if n < max(count, 2):
            raise ArgumentError(f"X has {n} independent part(s) (rows, or sequences), fewer than the {max(count, 2)} folds; use CrossValidation(folds=...) or more data")
        words = np.random.Philox(key=rngs.stream_key(self.rng, rngs.Purpose.METRIC, _STREAM)).random_raw(n)
        return np.argsort(words, kind="stable").argsort() % count
