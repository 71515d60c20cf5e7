"""The highest posterior density of a Laplace law, whose density has a corner at every value.

Along `loc`, with the best `scale` at each, the log posterior has its maximum in a corner or between two: golden sections find either, which
a climb by slopes would not.
"""

import math

import numpy as np


def laplace_mode(prior, data, top):
    """The (loc, scale) of highest density under independent priors; `top` is the maximum of the likelihood."""
    from scipy.optimize import minimize_scalar

    names, total, (middle, width) = ("loc", "scale"), data.total_weight, top

    def best_at(loc):
        distance = float(data.weights @ np.abs(data.values - loc))

        def loss(log_scale):
            scale = math.exp(log_scale)
            return distance / scale + total * math.log(2 * scale) - prior.log_density(names, np.array([loc, scale]))

        return minimize_scalar(loss, bracket=(math.log(width) - 0.5, math.log(width) + 0.5), tol=1e-12)

    anchors = np.unique([middle, data.values[0], data.values[-1], float(getattr(prior.of("loc"), "loc", middle))])
    ends = anchors.min(), anchors.max()
    found = minimize_scalar(lambda loc: best_at(loc).fun, bounds=ends, method="bounded", options={"xatol": 1e-12 * max(ends[1] - ends[0], 1e-300)})
    near = data.values[np.argsort(np.abs(data.values - found.x))[:2]]
    loc = min([float(found.x), *near.tolist()], key=lambda one: best_at(one).fun)
    return np.array([loc, math.exp(best_at(loc).x)])
