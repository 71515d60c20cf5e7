"""One coordinate with finitely many values: an exact draw of its conditional law, by the log density at each value."""

import math

from statsim.kernels.gibbs.coordinate_density import density_at
from statsim.kernels.jit import kernel
from statsim.kernels.variates.weighted_category import log_categorical


@kernel
def enumerate_coordinate(context, x, i, values, random, log_weights):
    """Replace x[i] by one of `values` (m,), drawn from its conditional law; `log_weights` (m,) is scratch.

    NaN, and x as it was, where the target is wrong at one of them or zero at all.
    """
    here = x[i]
    for v in range(values.size):
        x[i] = values[v]
        log_weights[v] = density_at(context, x)
    chosen = log_categorical(random, log_weights)
    x[i] = values[chosen] if chosen >= 0 else here
    return 0.0 if chosen >= 0 else math.nan
