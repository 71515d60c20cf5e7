"""The maximum of the likelihood or posterior of a Laplace law, which has a corner at every value.

Along `loc`, with the best `scale` at each, the maximum lies in a corner or between two: golden sections find either, which a climb by
slopes would not.
"""

import math

import numpy as np

from statsim.models.laws.incomplete import Incomplete
from statsim.models.laws.spread import spread

_NEAREST = 2


def laplace_mode(law, prior, data):
    """All parameters (loc, scale) at the top of the likelihood, or of the posterior; None where `loc` is known and a climb is right."""
    from scipy.optimize import minimize_scalar

    known = law._known()
    if "loc" in known:
        return None
    whole = data.stand_ins()
    width, objective = spread(whole), _objective(law, prior, data)

    def best_at(loc):
        """(scale, loss)."""
        if "scale" in known:
            return known["scale"], -objective(np.array([loc, known["scale"]]))
        found = minimize_scalar(lambda log_scale: -objective(np.array([loc, math.exp(log_scale)])), bracket=(math.log(width) - 0.5, math.log(width) + 0.5), tol=1e-12)
        return math.exp(found.x), found.fun

    centre = whole.quantile(0.5) if prior is None else float(getattr(prior.of("loc"), "loc", whole.quantile(0.5)))
    low, high = min(whole.values[0], centre), max(whole.values[-1], centre)
    found = minimize_scalar(lambda loc: best_at(loc)[1], bounds=(low, high), method="bounded", options={"xatol": 1e-12 * max(high - low, 1e-300)})
    corners = whole.values[np.argsort(np.abs(whole.values - found.x))[:_NEAREST]]
    loc = min([float(found.x), *corners.tolist()], key=lambda one: best_at(one)[1])
    return np.array([loc, best_at(loc)[0]])


def _objective(law, prior, data):
    """The log-likelihood, or log posterior, of (loc, scale)."""
    rest, out = Incomplete(law, data), np.empty(len(data.values))
    free = law._is_free()

    def value(full):
        law._fill_log_density(data.values, full, out)
        total = float(data.weights @ out) + rest.value(full)
        return total if prior is None else total + prior.log_density(law.parameter_names, full[free])

    return value
