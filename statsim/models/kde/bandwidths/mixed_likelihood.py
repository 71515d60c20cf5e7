"""Leave-one-out likelihood where columns are bounded, circular or categorical: the estimate's own kernels, climbed without derivatives."""

from dataclasses import replace

import numpy as np

from statsim.models.kde.columns import Categorical
from statsim.models.kde.evaluation import Evaluator


def best_mixed_bandwidth(law, least, *, num_threads=None):
    """The bandwidths (d,), none below `least` (d,), at which the mean log density of each row under the others is largest, from those of `law` on (Nelder, Mead 1965)."""
    from scipy.optimize import minimize

    most = np.array([1 - 1 / len(kind.values) if isinstance(kind, Categorical) else np.inf for kind in law.columns])
    start = law.bandwidth

    def bandwidth_of(y):
        h = np.maximum(start * np.exp(np.clip(y, -9.0, 4.0)), least)
        return np.where(np.isfinite(most), np.minimum(h, most), h)

    def loss(y):
        values = Evaluator(replace(law, bandwidth=bandwidth_of(y))).left_out(num_threads=num_threads)
        return -max(float(law.weights @ values), -1e300)

    found = minimize(loss, np.zeros(len(start)), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-7, "maxfev": 150 * len(start)})
    return bandwidth_of(found.x)
