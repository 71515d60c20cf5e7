"""Log densities of rows under each draw of a posterior, in stretches of rows that fit in memory."""

import numpy as np

from statsim.errors import ArgumentTypeError
from statsim.estimators.data_rows import parts_of
from statsim.evaluation.criteria.scores import row_scores

_CELLS = 4_000_000  # of a stretch: 32 MB


def require_draws(model, criterion):
    """Refuse a model without draws of its parameters, by name.

    Raises
    ------
    ArgumentTypeError
    """
    kind = type(model).__name__
    if getattr(model, "posterior_", None) is None:
        raise ArgumentTypeError(f"criterion={criterion!r} needs draws of the parameters, and this {kind} has no posterior_; fit it with method='bayes'")
    if not hasattr(model, "with_parameters"):
        raise ArgumentTypeError(f"criterion={criterion!r} scores rows under each draw of the parameters, and a {kind} has no with_parameters; use criterion='cv'")


def stretches(model, X, criterion):
    """Log densities (draws, m) of stretches of m rows, one after another; draws are chain after chain.

    Yields
    ------
    ndarray (n_chains, n_draws, m)
    """
    require_draws(model, criterion)
    values = model.posterior_.values
    table = values.reshape(-1, values.shape[-1])
    n, take = parts_of(model, X, f"criterion={criterion!r}")
    step = max(1, _CELLS // len(table))
    for start in range(0, n, step):
        part = X if n <= step else take(np.arange(start, min(start + step, n)))
        scores = np.array([row_scores(model.with_parameters(row), part) for row in table])
        yield scores.reshape(*values.shape[:2], -1)
