"""The seven linear regressions: y ~ Normal(X beta, sd sigma), an autoregression among them."""

import math

import numba
import numpy as np

from statsim.samplers.supports import Positive, Real
from statsim.samplers.targets.target import Target
from tests.reference.posteriors.posterior import Posterior, load


@numba.njit
def regression(x, out, X, y, precision, cauchy, normal):
    """Normal likelihood; beta ~ Normal(0, precision), sigma ~ half-Cauchy(cauchy) x half-Normal(normal), infinite scales being flat."""
    n, k = X.shape
    sigma, rss, value = x[k], 0.0, 0.0
    out[:] = 0.0
    for i in range(n):
        residual = y[i]
        for j in range(k):
            residual -= X[i, j] * x[j]
        rss += residual * residual
        for j in range(k):
            out[j] += X[i, j] * residual
    for j in range(k):
        out[j] = out[j] / sigma**2 - precision * x[j]
        value -= 0.5 * precision * x[j] * x[j]
    out[k] = -n / sigma + rss / sigma**3 - 2.0 * sigma / (cauchy**2 + sigma**2) - sigma / normal**2
    return value - n * math.log(sigma) - 0.5 * rss / sigma**2 - math.log1p((sigma / cauchy) ** 2) - 0.5 * (sigma / normal) ** 2


def posterior(name, columns, response, *, precision=0.0, cauchy=math.inf, normal=math.inf):
    """`columns` and `response` make the design and y from the data of the record."""
    record = load(name)
    data = record["data"]
    X = np.column_stack(columns(data))
    target = Target(
        value_and_gradient=regression, dim=X.shape[1] + 1, data=[X, response(data), precision, cauchy, normal], support=[Real(X.shape[1]), Positive()]
    )
    return Posterior(record, target)


def _ones(column):
    return np.ones(len(column))


def autoregression(**changed):
    return posterior(
        "arK-arK",
        lambda d: [np.ones(195), *(d["y"][5 - k : 200 - k] for k in range(1, 6))],
        lambda d: d["y"][5:],
        **{"precision": 0.01, "cauchy": 2.5, **changed},
    )


def earnings(**changed):
    return posterior("earnings-earn_height", lambda d: [_ones(d["height"]), d["height"]], lambda d: d["earn"], **changed)


def kid_score_interaction(**changed):
    return posterior(
        "kidiq-kidscore_interaction",
        lambda d: [_ones(d["mom_iq"]), d["mom_hs"], d["mom_iq"], d["mom_hs"] * d["mom_iq"]],
        lambda d: d["kid_score"],
        **{"cauchy": 2.5, **changed},
    )


def kid_score(**changed):
    return posterior(
        "kidiq-kidscore_momiq", lambda d: [_ones(d["mom_iq"]), d["mom_iq"]], lambda d: d["kid_score"], **{"cauchy": 2.5, **changed}
    )


def mesquite(**changed):
    def columns(d):
        area, height = d["diam1"] * d["diam2"], d["canopy_height"]
        return [_ones(area), np.log(area * height), np.log(area), np.log(d["diam1"] / d["diam2"]), np.log(d["total_height"]), d["group"]]

    return posterior("mesquite-logmesquite_logvash", columns, lambda d: np.log(d["weight"]), **changed)


def party(**changed):
    def columns(d):
        ages = [(d["age_discrete"] == age).astype(float) for age in (2, 3, 4)]
        return [_ones(d["gender"]), d["real_ideo"], d["race_adj"], *ages, d["educ1"], d["gender"], d["income"]]

    return posterior("nes1980-nes", columns, lambda d: d["partyid7"], **changed)


def simulated(**changed):
    return posterior("sblri-blr", lambda d: [d["X"]], lambda d: d["y"], **{"precision": 0.01, "normal": 10.0, **changed})
