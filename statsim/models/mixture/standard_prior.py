"""A prior of a mixture in the standard units of its rows."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.distributions.covariance.kind import lower_factors
from statsim.distributions.priors import Dirichlet, DirichletProcess, Flat, MixturePrior, NormalInverseWishart
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.mixture.component_law import ComponentLaw

_MEAN_PRECISION = 0.01


@dataclass(frozen=True)
class StandardPrior:
    """What a `MixturePrior` says of k components in standard units.

    Attributes
    ----------
    shown : MixturePrior
        With nothing left out, in the units of the data.
    shapes : ndarray (k,)
        Dirichlet concentrations; ones where the weights have no prior.
    concentration : float or None
        Of a Dirichlet process.
    normal : NormalInverseWishart or None
        Of the moving columns; None where the components have no prior.
    law : ComponentLaw or None
    log_jacobian : float
        What the log density of the components lacks to be in the units of the data.
    """

    shown: MixturePrior
    shapes: np.ndarray
    concentration: float | None
    normal: NormalInverseWishart | None
    law: ComponentLaw | None
    log_jacobian: float

    @property
    def symmetric(self):
        """True when the numbers of the components mean nothing."""
        return self.concentration is None and bool((self.shapes == self.shapes[0]).all())


def standard_prior(prior, steps, *, proper):
    """`prior` (a `MixturePrior`, a law of the weights, a law of the components, or None) for the problem `steps`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For a prior of another kind or dimension, and, where `proper`, for `Flat`.
    """
    rows, k = steps.rows, steps.k
    prior = _as_mixture_prior(prior)
    if proper and (isinstance(prior.weights, Flat) or isinstance(prior.components, Flat)):
        raise ArgumentError(f"prior={prior!r:.200}: Flat() is no law that can be averaged over; give Dirichlet(1.0) and a NormalInverseWishart, or leave them out")
    weights = Dirichlet(1.0) if prior.weights is None else prior.weights
    normal = _normal(prior.components, steps, weights)
    components = prior.components if prior.components is not None else normal.rescaled(-rows.centre / rows.scale, 1.0 / rows.scale)
    process = isinstance(weights, DirichletProcess)
    shapes = weights.concentrations(k) if isinstance(weights, Dirichlet) else np.ones(k)
    law = None if normal is None else ComponentLaw.alike(steps.kind, k, normal)
    jacobian = 0.0 if normal is None else -_log_volume(steps.kind, k, rows.scale)
    return StandardPrior(MixturePrior(weights, components), shapes, float(weights.concentration) if process else None, normal, law, jacobian)


def _as_mixture_prior(prior):
    if prior is None or isinstance(prior, MixturePrior):
        return MixturePrior() if prior is None else prior
    if isinstance(prior, (Dirichlet, DirichletProcess)):
        return MixturePrior(weights=prior)
    if isinstance(prior, NormalInverseWishart):
        return MixturePrior(components=prior)
    raise ArgumentTypeError(
        f"prior={prior!r:.200}: a Gaussian mixture takes statsim.priors.MixturePrior(weights=..., components=...), "
        f"a Dirichlet, a DirichletProcess or a NormalInverseWishart"
    )


def _normal(components, steps, weights):
    """The prior of a component in standard units, of the columns that move; None for `Flat`."""
    rows = steps.rows
    if components is None:
        return _default(steps, _expected_number(weights, steps))
    if isinstance(components, Flat):
        return None
    if components.dim != rows.n_features:
        raise ArgumentError(f"prior: the NormalInverseWishart has {components.dim} columns and X has {rows.n_features}; give a mean of {rows.n_features} numbers")
    return components.marginal(rows.columns).rescaled(rows.centre, rows.scale)


def _expected_number(weights, steps):
    """Components there are: for a process, as many as it gives to so many rows."""
    if not isinstance(weights, DirichletProcess):
        return steps.k
    return max(1.0, weights.concentration * math.log1p(steps.total_weight / weights.concentration))


def _default(steps, k):
    covariance, d = steps.starts.covariance, steps.rows.values.shape[1]
    if lower_factors(covariance[None], 1e-10) is None:
        covariance = np.diag(np.diagonal(covariance))
    weights = steps.rows.weights
    return NormalInverseWishart(weights @ steps.rows.values / weights.sum(), _MEAN_PRECISION, d + 2.0, covariance / k ** (2.0 / d))


def _log_volume(kind, k, scale):
    """Log of the volume by which means and covariances grow from standard units to those of the data."""
    total = float(np.log(scale).sum())
    covariances = {"full": k * (len(scale) + 1) * total, "tied": (len(scale) + 1) * total, "diag": 2 * k * total, "spherical": 2 * k * float(np.log(scale[0]))}
    return k * total + covariances[kind.name]
