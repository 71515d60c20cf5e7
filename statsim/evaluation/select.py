"""Selection: fit every candidate of a grid of constructor parameters, and take the best by a criterion."""

import itertools
import time
import warnings

import numpy as np

from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError, FitError, FitWarning
from statsim.estimators.data_rows import unfitted
from statsim.estimators.many_fits import map_fits
from statsim.evaluation.compare import comparison_of
from statsim.evaluation.criteria.names import criterion_of
from statsim.evaluation.selection import Selection
from statsim.model import Model


def select(family, X, *, criterion="bic", weights=None, rng=0, num_threads=None, progress=None, **grid):
    """The best of several candidates of a family.

    Parameters
    ----------
    family : Model class or unfitted Model
        A model that is given sets what is not varied.
    X : array, data frame, list of sequences or graph
    criterion, weights
        As for `compare`. A criterion of draws ("waic", "psis_loo", "bridge", "smc") needs ``method="bayes"``.
    rng : None, int, SeedSequence or Generator
        Seeds every candidate: each is the model that ``family(..., rng=rng).fit(X)`` gives.
    num_threads : int, optional
        Candidates fitted at a time; default `STATSIM_NUM_THREADS`, else the cores this process may use. Never changes the answer.
    progress : bool, optional
        None shows a bar in a terminal when it takes longer than a second; True at once; False never.
    **grid
        Constructor parameters: a list, tuple, range or one-dimensional array holds values to try, anything else is fixed.
        ``n_components=range(1, 9), covariance_type=["full", "diag"]`` makes 16 candidates.

    Returns
    -------
    Selection

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For a parameter that the family does not have, or an empty grid.
    FitError
        When no candidate can be fitted.

    Warns
    -----
    FitWarning
        When the best candidate did not converge or was regularised (the table says so of the others), or lies at the end of a range of numbers, where a better one may lie beyond.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.models.mixture.gaussian_mixture import GaussianMixture
    >>> X = np.concatenate([np.arange(20.0), np.arange(100.0, 120.0)])[:, None]
    >>> select(GaussianMixture, X, n_components=range(1, 4)).best
    {'n_components': 2}
    """
    began = time.perf_counter()
    criterion = criterion_of(criterion)
    kind = family if isinstance(family, type) else type(family)
    varied, fixed = _grid_of(family, kind, grid)
    settings = [dict(zip(varied, values, strict=True)) for values in itertools.product(*varied.values())]
    seed = {"rng": rng if rngs.is_repeatable(rng) else rngs.seed_sequence(rng)} if "rng" in kind._parameter_names() and "rng" not in grid else {}
    base = family(**fixed, **seed, **settings[0]) if isinstance(family, type) else unfitted(family, **fixed, **seed)

    def candidate(index):
        return _candidate(unfitted(base, **settings[index]), X, criterion)

    fits = map_fits(candidate, len(settings), description=f"fitting {kind.__name__}", num_threads=num_threads, progress=progress, last_first=True)
    names = [", ".join(f"{name}={value!r}" for name, value in setting.items()) or kind.__name__ for setting in settings]
    if all(isinstance(value, str) for _, value in fits):
        raise FitError(f"none of the {len(fits)} candidates could be fitted; {names[0]}: {fits[0][1]}")
    table = comparison_of(criterion.name, [(name, *fit) for name, fit in zip(names, fits, strict=True)], weights)
    selection = Selection(table.best, table, varied, dict(zip(names, settings, strict=True)), time.perf_counter() - began)
    _warn_of_best(selection)
    _warn_of_ends(selection)
    return selection


def _candidate(model, X, criterion):
    """The fitted model and its value, or None and why there is none."""
    from dataclasses import replace

    try:
        model.fit(X)
        value = criterion.value(model, X)
    except FitError as error:
        return None, f"not fitted: {error}"
    result = getattr(model, "fit_result_", None)
    said = tuple(getattr(result, "warnings", ()))
    return model, replace(value, warnings=(*value.warnings, *said))


def _grid_of(family, kind, grid):
    """Parameters that vary, with their values, and those that are fixed."""
    if not (isinstance(kind, type) and issubclass(kind, Model)):
        raise ArgumentTypeError(f"family must be a model class or a model, such as statsim.GaussianMixture; got {family!r:.100}")
    known = kind._parameter_names()
    unknown = [name for name in grid if name not in known]
    if unknown:
        raise ArgumentError(f"{kind.__name__} has no parameter {unknown[0]!r} to select; it has {', '.join(known)}")
    varied = {name: tuple(_plain(value) for value in values) for name, values in grid.items() if _is_grid(values)}
    empty = [name for name, values in varied.items() if not values]
    if empty:
        raise ArgumentError(f"{empty[0]} has no value to try, got {grid[empty[0]]!r}")
    if not varied:
        raise ArgumentError(f"nothing is varied: give the values of a parameter of {kind.__name__} as a list or range, such as {_example(known)}")
    return varied, {name: value for name, value in grid.items() if name not in varied}


def _is_grid(value):
    return isinstance(value, (list, tuple, range)) or (isinstance(value, np.ndarray) and value.ndim == 1)


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def _example(known):
    name = next((name for name in ("n_components", "n_states", "order") if name in known), known[0])
    return f"{name}=range(1, 9)" if name != known[0] or name == "n_components" else f"{name}=[...]"


def _warn_of_best(selection):
    """What the fit of the best candidate had to say, which the pool has kept to the table."""
    result = getattr(selection.model, "fit_result_", None)
    if result is not None and (result.regularised or not result.converged):
        warnings.warn(f"the best candidate, {selection.table.names[0]}: {'; '.join(result.warnings)}", FitWarning, stacklevel=3)


def _warn_of_ends(selection):
    for name, values in selection.grid.items():
        numbers = len(values) > 2 and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
        if numbers and selection.best[name] == max(values):
            warnings.warn(
                f"the best {name} is {selection.best[name]!r}, the largest that was tried: a larger one may be better; extend the range", FitWarning, stacklevel=3
            )
