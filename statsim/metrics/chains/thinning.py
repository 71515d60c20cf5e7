"""How far apart draws of a chain are about independent."""

import numpy as np

from statsim.metrics.chains.effective_sample_size import ess_bulk, ess_tail


def thinning_interval(values):
    """Keep every so many-th draw, and what is left is about independent.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.

    Returns
    -------
    int
        Draws over the smallest bulk or tail effective size of any quantity, rounded; at least 1. Quantities whose
        effective size is NaN (one value throughout) do not count.

    Raises
    ------
    ArgumentError
        Another shape, no chain, or a value that is NaN or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import thinning_interval
    >>> thinning_interval(np.repeat(np.random.default_rng(0).normal(size=(4, 500)), 3, axis=1)) == 3
    True
    """
    sizes = np.append(np.atleast_1d(ess_bulk(values)), ess_tail(values))
    sizes = sizes[~np.isnan(sizes)]
    return max(1, round(np.prod(np.shape(values)[:2]) / sizes.min())) if sizes.size else 1
