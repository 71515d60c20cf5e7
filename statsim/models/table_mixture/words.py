"""What sets each component apart: its largest differences from the whole mixture, as data for words."""

from dataclasses import dataclass

import numpy as np

from statsim.models.table_mixture.parameters import POINT


_NO_EFFECT = 1e-9  # standard deviations: below this a difference is rounding


@dataclass(frozen=True)
class Difference:
    """One way in which a component differs from the whole.

    Attributes
    ----------
    block : {"continuous", "discrete", "counts"}
    column : int
    kind : {"mean", "level", "missing"}
    level : int or None
        The level code, for kind "level".
    component, whole : float
        The mean (or the share) in the component and in the whole mixture.
    effect : float
        The difference in standard deviations of the whole.
    """

    block: str
    column: int
    kind: str
    level: int | None
    component: float
    whole: float
    effect: float


@dataclass(frozen=True)
class ComponentSummary:
    """A component's weight and its `differences`, the largest first; none where it is all there is."""

    weight: float
    differences: tuple


def describe(parameters, top):
    """A `ComponentSummary` for each component."""
    every = [*_means(parameters), *_levels(parameters), *_missing(parameters)]
    summaries = []
    for k, weight in enumerate(parameters.weights):
        own = [_difference(label, own[k], whole, sd) for label, own, whole, sd in every if sd > 0]
        own = [difference for difference in own if abs(difference.effect) > _NO_EFFECT]
        own.sort(key=lambda difference: -abs(difference.effect))
        summaries.append(ComponentSummary(float(weight), tuple(own[:top])))
    return summaries


def _difference(label, component, whole, sd):
    return Difference(*label, float(component), float(whole), float((component - whole) / sd))


def _shares_observed(parameters, block):
    """Component probabilities (K, columns) of a row whose cell of the column is observed."""
    share = parameters.weights[:, None] * (1.0 - getattr(parameters, f"missing_{block}"))
    total = share.sum(axis=0)
    return np.where(total > 0, share / np.where(total > 0, total, 1.0), parameters.weights[:, None])


def _means(parameters):
    """(label, own (K,), whole, standard deviation of the whole) for each numeric column."""
    variances = np.diagonal(parameters.covariances, axis1=1, axis2=2)
    yield from _moments(parameters, "continuous", parameters.means, variances)
    spread = np.where(parameters.count_dispersions == POINT, 0.0, parameters.count_dispersions)
    counts = np.where(parameters.count_dispersions == POINT, 0.0, parameters.count_means + spread * parameters.count_means**2)
    yield from _moments(parameters, "counts", parameters.count_means, counts)


def _moments(parameters, block, means, variances):
    shares = _shares_observed(parameters, block)
    whole = (shares * means).sum(axis=0)
    spread = np.sqrt((shares * (variances + (means - whole) ** 2)).sum(axis=0))
    for j in range(means.shape[1]):
        yield (block, j, "mean", None), means[:, j], whole[j], spread[j]


def _levels(parameters):
    shares = _shares_observed(parameters, "discrete")
    for j, table in enumerate(parameters.level_probabilities):
        whole = shares[:, j] @ table
        for level, share in enumerate(whole):
            yield ("discrete", j, "level", level), table[:, level], share, _bernoulli_sd(share)


def _missing(parameters):
    for block in ("continuous", "discrete", "counts"):
        for j, share in enumerate(getattr(parameters, f"missing_{block}").T):
            whole = parameters.weights @ share
            yield (block, j, "missing", None), share, whole, _bernoulli_sd(whole)


def _bernoulli_sd(share):
    return np.sqrt(max(share * (1.0 - share), 0.0))
