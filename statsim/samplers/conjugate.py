"""Conjugate blocks ready made: moves for `Gibbs` whose laws given the rest are known in closed form.

Each function takes places in x and data, and returns a `Conditional`. Gelman et al. (2013), Bayesian Data Analysis, chapters 2 and 3.
"""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.samplers.gibbs.conditional import Conditional


def normal_mean(place, *, observations, precision=None, precision_place=None, prior_mean=0.0, prior_precision=0.0):
    """x[place] is the mean of normal observations whose precision is known or is another coordinate.

    Parameters
    ----------
    place : int
    observations : array (n,)
    precision : float, optional
        1 / variance of the observations; or
    precision_place : int, optional
        the coordinate where it stands.
    prior_mean, prior_precision : float
        Of the normal prior; precision 0 is the flat one.

    Returns
    -------
    Conditional

    Examples
    --------
    >>> normal_mean(0, observations=[1.0, 3.0], precision=1.0).name
    'normal_mean_update'
    """
    from statsim.kernels.gibbs.conjugate import normal_mean_update

    values = _observations(observations)
    place, other, known = _one_of(place, precision_place, precision, "precision", minimum=0.0)
    prior = checks.real(prior_mean, "prior_mean"), checks.real(prior_precision, "prior_precision", minimum=0.0)
    if not values.size and prior[1] == 0.0:
        raise ArgumentError("observations is empty and the prior is flat: the mean has no law; give prior_precision above 0")
    mean = float(values.mean()) if values.size else 0.0
    return Conditional(normal_mean_update, (place, other, known, values.size, mean, *prior), _touched(place, other))


def normal_precision(place, *, observations, mean=None, mean_place=None, shape, rate):
    """x[place] is the precision of normal observations whose mean is known or is another coordinate; gamma prior.

    Parameters
    ----------
    place : int
    observations : array (n,)
    mean : float, optional
    mean_place : int, optional
    shape, rate : float
        Of the gamma prior, above 0.

    Returns
    -------
    Conditional
    """
    from statsim.kernels.gibbs.conjugate import normal_precision_update

    values = _observations(observations)
    place, other, known = _one_of(place, mean_place, mean, "mean", minimum=None)
    centre = float(values.mean()) if values.size else 0.0
    squares = float(((values - centre) ** 2).sum())
    return Conditional(normal_precision_update, (place, other, known, values.size, centre, squares, *_positive(shape=shape, rate=rate)), _touched(place, other))


def beta_binomial(place, *, successes, trials, a=1.0, b=1.0):
    """x[place] is the probability behind `successes` of `trials`; beta(a, b) prior.

    Returns
    -------
    Conditional
    """
    from statsim.kernels.gibbs.conjugate import beta_binomial_update

    trials = checks.integer(trials, "trials", minimum=0)
    successes = checks.integer(successes, "successes", minimum=0, maximum=trials)
    place = checks.integer(place, "place", minimum=0)
    return Conditional(beta_binomial_update, (place, float(successes), float(trials - successes), *_positive(a=a, b=b)), [place])


def gamma_poisson(place, *, counts, exposure=None, shape, rate):
    """x[place] is the rate of Poisson `counts` over `exposure` (default 1 each); gamma(shape, rate) prior.

    Parameters
    ----------
    place : int
    counts : array (n,)
    exposure : float or array (n,), optional
        Above 0: of each count, or one for all.
    shape, rate : float
        Of the gamma prior, above 0.

    Returns
    -------
    Conditional
    """
    from statsim.kernels.gibbs.conjugate import gamma_poisson_update

    counts = _observations(counts, "counts")
    if (counts < 0).any():
        raise ArgumentError(f"counts must not be negative, got {counts.min()}")
    total = float(_exposures(exposure, counts.size).sum())
    place = checks.integer(place, "place", minimum=0)
    return Conditional(gamma_poisson_update, (place, float(counts.sum()), total, *_positive(shape=shape, rate=rate)), [place])


def dirichlet_categorical(place, *, counts, concentration=1.0):
    """x[place], x[place + 1], ... are the probabilities of categories seen `counts` (k,) times; Dirichlet prior.

    Parameters
    ----------
    place : int
        Of the first of them.
    counts : array (k,)
    concentration : float or array (k,)
        Of the prior, above 0.

    Returns
    -------
    Conditional
    """
    from statsim.kernels.gibbs.conjugate import dirichlet_categorical_update

    counts = _observations(counts, "counts")
    prior = np.asarray(concentration, np.float64)
    if prior.shape not in ((), counts.shape) or not (prior > 0).all() or (counts < 0).any() or counts.size < 2:
        raise ArgumentError(f"counts (k,) must not be negative, k >= 2, and concentration above 0, got {counts.tolist()} and {concentration!r}")
    place = checks.integer(place, "place", minimum=0)
    return Conditional(dirichlet_categorical_update, (place, counts + prior), range(place, place + counts.size))


def _observations(values, name="observations"):
    array = np.atleast_1d(np.asarray(values, np.float64))
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ArgumentError(f"{name} must be finite numbers (n,), got shape {array.shape}")
    return array


def _exposures(exposure, n):
    """The exposure of each of n counts, (n,)."""
    if exposure is None:
        return np.ones(n)
    array = np.asarray(exposure, np.float64)
    if array.shape not in ((), (n,)) or not (np.isfinite(array).all() and (array > 0).all()):
        raise ArgumentError(f"exposure must be a number above 0 or one for each of the {n} counts, got {exposure!r}")
    return np.broadcast_to(array, n)


def _touched(place, other):
    """The coordinates of a block that reads another one, -1 where it reads none."""
    return [place] if other < 0 else [place, other]


def _one_of(place, other_place, known, name, *, minimum):
    """(place, other place or -1, known value or 0): exactly one of the two is given."""
    place = checks.integer(place, "place", minimum=0)
    if (other_place is None) == (known is None):
        raise ArgumentError(f"give {name}= where it is known or {name}_place= where it is a coordinate, not both or none")
    if known is None:
        other = checks.integer(other_place, f"{name}_place", minimum=0)
        if other == place:
            raise ArgumentError(f"{name}_place={other} is place itself; a coordinate cannot be both, give the one where the {name} stands")
        return place, other, 0.0
    return place, -1, checks.real(known, name, minimum=minimum, open_minimum=True)


def _positive(**values):
    return [checks.real(value, name, minimum=0.0, open_minimum=True) for name, value in values.items()]
