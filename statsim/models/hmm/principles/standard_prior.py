"""A prior in the units of a fit, and as it is told."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from statsim.distributions.priors import Flat
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.hmm.emissions import Categorical, Gaussian, Poisson
from statsim.models.hmm.posterior.priors import DirichletSymbols, GammaRates, HiddenMarkovPrior, NormalInverseWishart
from statsim.models.hmm.principles.dirichlet_rows import DirichletRows
from statsim.models.hmm.principles.gamma_factor import GammaFactor
from statsim.models.hmm.principles.normal_factor import NormalFactor
from statsim.models.hmm.principles.symbol_factor import SymbolFactor

FACTORS = {Gaussian: (NormalInverseWishart, NormalFactor), Poisson: (GammaRates, GammaFactor), Categorical: (DirichletSymbols, SymbolFactor)}


@dataclass(frozen=True)
class StandardPrior:
    """Dirichlet rows (k + 1, k) of a chain, the law of the emission in standard units (None: flat), and the prior as it is told, in the units of the data."""

    rows: DirichletRows
    emission: Any
    told: HiddenMarkovPrior


def standard_prior(steps, prior, *, flat=True):
    """The `StandardPrior` of `steps` (`HiddenMarkovSteps`); `flat` allows emissions without a prior.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    prior = HiddenMarkovPrior() if prior is None else prior
    if not isinstance(prior, HiddenMarkovPrior):
        raise ArgumentTypeError(f"prior must be a HiddenMarkovPrior of statsim.models.hmm.posterior.priors, got {prior!r:.100}")
    if prior.sojourn is not None:
        raise ArgumentError(f"sojourn={prior.sojourn!r:.100} of the prior is for HiddenSemiMarkovModel; the sojourns of a HiddenMarkovModel are in its transitions, see sticky=")
    free = np.vstack([steps.allowed, steps.allowed_first & (steps.fixed_start is None and not steps.start_is_stationary)])
    free[free.sum(axis=1) == 1] = False
    rows = DirichletRows(prior.chain_shapes(steps.k), free)
    kind, factor = FACTORS.get(type(steps.template), (None, None))
    emission = Flat() if prior.emission is None and kind is None else kind() if prior.emission is None else prior.emission
    if isinstance(emission, Flat) and flat:
        return StandardPrior(rows, None, replace(prior, emission=emission))
    if kind is None:
        known = ", ".join(law.__name__ for law in FACTORS)
        if flat:
            raise ArgumentError(f"Flat() of statsim.priors alone can be the prior of {steps.template.name} emissions, got {emission!r:.100}; conjugate ones are known for {known}")
        raise ArgumentError(f"there is no prior for {steps.template.name} emissions; conjugate ones are known for {known}. Use method='map' or 'mle'")
    if not isinstance(emission, kind):
        raise ArgumentTypeError(f"the prior of these emissions must be a {kind.__name__}{' or Flat() of statsim.priors' if flat else ''}, got {emission!r:.100}")
    settled = _settled(steps, emission)
    shown = _told(settled, steps.units) if kind is NormalInverseWishart else settled
    return StandardPrior(rows, factor.of_prior(settled, steps.template), replace(prior, emission=shown))


def _settled(steps, prior):
    """The prior of the emission with all its numbers, in standard units; what it takes from the data knows the weights of the sequences."""
    values, weights = steps.sequences.values, np.repeat(steps.weights, steps.sequences.lengths)
    if isinstance(prior, DirichletSymbols):
        return prior.settled(values, steps.k, steps.template.n_categories)
    if isinstance(prior, GammaRates):
        prior = prior if prior.rate is not None else replace(prior, rate=np.asarray(prior.shape, float) / np.maximum(_means(values, weights), 1.0 / weights.sum()))
        return prior.settled(values, steps.k, None)
    (centre, scale), kind = steps.units, steps.template.covariance_type
    prior.settled(steps.question.sequences.values, steps.k, kind)  # refuses what cannot be used, as the user wrote it
    given = replace(
        prior, mean=None if prior.mean is None else (np.asarray(prior.mean, float) - centre) / scale,
        scale=None if prior.scale is None else np.asarray(prior.scale, float) / np.outer(scale, scale),
    )  # fmt: skip
    if (weights != weights[0]).any():
        given = _weighted(given, values, weights, steps.k, kind)
    return given.settled(values, steps.k, kind)


def _weighted(prior, values, weights, k, kind):
    """What `NormalInverseWishart` takes from the data, each step times its weight."""
    d, mean = values.shape[1], _means(values, weights)
    seen = ~np.isnan(values).any(axis=1)
    if kind in ("diag", "spherical"):
        scale = np.diag(_means((values - mean) ** 2, weights))
    else:
        rows, own = values[seen], weights[seen]
        centred = rows - own @ rows / own.sum()
        scale = (centred * own[:, None]).T @ centred / own.sum()
    scale = scale / k ** (2 / d)
    return replace(prior, mean=mean if prior.mean is None else prior.mean, scale=(scale + scale.T) / 2 if prior.scale is None else prior.scale)


def _means(values, weights):
    seen = ~np.isnan(values)
    return (weights @ np.where(seen, values, 0.0)) / np.maximum(weights @ seen, 1e-300)


def _told(prior, units):
    """A settled `NormalInverseWishart` in the units of the data, with the scale and not its factor."""
    centre, scale = units
    return replace(prior, mean=centre + scale * prior.mean, scale=prior.scale @ prior.scale.T * np.outer(scale, scale))
