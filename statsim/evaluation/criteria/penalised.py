"""Minus twice the log-likelihood plus a penalty for the parameters, shared evenly among the rows."""

from dataclasses import replace

from statsim.estimators.data_rows import observations_in
from statsim.evaluation.criteria.criterion_value import of_rows
from statsim.evaluation.criteria.scores import free_parameters, refuse_posterior, row_scores


def penalised(name, model, X, penalty, extra=None, note=None):
    """The criterion with `penalty(p, n)`; `extra(scores)` (n,) is added to the rows, `note(p, n)` is a warning or None."""
    scores = row_scores(model, X)
    refuse_posterior(model, name)
    p, n = free_parameters(model, X, scores, name), observations_in(model, X, len(scores))
    rows = -2.0 * scores + penalty(p, n) / len(scores)
    found = of_rows(name, rows if extra is None else rows + extra(scores), n_parameters=p)
    said = None if note is None else note(p, n)
    return found if said is None else replace(found, warnings=(said,))
