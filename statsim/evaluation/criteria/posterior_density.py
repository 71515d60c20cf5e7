"""The posterior of a model as a target with its normalising constant kept: what a marginal likelihood is the integral of."""

import numpy as np

from statsim.distributions.priors import Flat, Independent
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.evaluation.criteria.posterior_scores import require_draws


def posterior_density(model, X, criterion):
    """Likelihood of X times prior as a `Target`, from a model's `posterior_target(X)`.

    Raises
    ------
    ArgumentTypeError
        For a model without one, or without draws.
    ArgumentError
        For an improper prior, under which there is no marginal likelihood.
    """
    require_draws(model, criterion)
    if not hasattr(model, "posterior_target"):
        raise ArgumentTypeError(f"criterion={criterion!r} integrates likelihood times prior, and a {type(model).__name__} has no posterior_target(X); use 'psis_loo'")
    target = model.posterior_target(X)
    prior = target.prior
    flat = [name for name in target.names if isinstance(prior, Independent) and isinstance(prior.of(name), Flat)]
    if flat:
        raise ArgumentError(f"the prior of {flat[0]!r} is Flat(), which is no probability law: there is no marginal likelihood; give a proper one, or use 'psis_loo'")
    return target


def log_densities(target, reals):
    """Log densities (n,) of unconstrained reals (n, q), the Jacobian included."""
    from statsim.kernels.importance.rows import values_of_reals

    values, points = np.empty(len(reals)), np.empty((len(reals), target.dim))
    values_of_reals(target.context(), np.ascontiguousarray(reals), values, points)
    bad = np.flatnonzero(np.isnan(values))
    if bad.size:
        raise target.error_at(points[bad[0]])
    return values


def reals_of(target, draws):
    """Unconstrained reals (chains, draws, q) of draws of the posterior."""
    table = np.array([target.unconstrain(row) for row in draws.values.reshape(-1, draws.dim)])
    return table.reshape(draws.n_chains, draws.n_draws, -1)
