"""The mixture of a table, its number of components chosen by BIC where asked (Schwarz 1978)."""

import warnings
from dataclasses import replace

from statsim.errors import FitError, FitWarning
from statsim.models.table_mixture.table_mixture import TableMixture

_MOST = 20
_FEWEST_STARTS = 10  # of a number tried; the number taken gets all that the method asks for
_PATIENCE = 2  # numbers of components without a lower BIC after which the search ends
_ROWS_A_COMPONENT = 5  # times min_count: fewer rows on average than this, and a component says little


def fit_mixture(arrays, n_components, *, method, min_count, rng, progress=None):
    """Fit a `TableMixture`.

    Parameters
    ----------
    arrays : TableArrays
    n_components : int or "auto"
    method : MLE
    min_count : int
    rng
        Seeds the fit; for "auto" the same for each number of components.
    progress : callable (n_components, bic), optional

    Returns
    -------
    mixture : TableMixture or None
        None when the arrays have no columns.
    path : dict of int to float
        BIC by number of components tried.
    """
    if arrays.layout.shape == (0, 0, 0):
        return None, {}
    if n_components == "auto":
        return _lowest_bic(arrays, method, min_count, rng, progress)
    return TableMixture(n_components, method=method, min_count=min_count, rng=rng).fit(arrays), {}


def _lowest_bic(arrays, method, min_count, rng, progress):
    """Try 1, 2, ... components with half the starts until the BIC has stopped falling; fit the best number in earnest."""
    quick = replace(method, n_init=max(min(_FEWEST_STARTS, method.n_init), method.n_init // 2), n_polish=min(2, method.n_polish))
    path = {}
    most = max(1, min(_MOST, arrays.n_rows // (_ROWS_A_COMPONENT * min_count)))
    for k in range(1, most + 1):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FitWarning)  # of numbers tried; the one taken speaks for itself
                path[k] = TableMixture(k, method=quick, min_count=min_count, rng=rng).fit(arrays).bic(arrays)
        except FitError:
            if not path:
                raise
            break
        if progress is not None:
            progress(k, path[k])
        if k - min(path, key=path.get) >= _PATIENCE:
            break
    best = min(path, key=path.get)
    mixture = TableMixture(best, method=method, min_count=min_count, rng=rng).fit(arrays)
    return mixture, {**path, best: mixture.bic(arrays)}
