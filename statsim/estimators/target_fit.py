r"""`fit`: any log density by any principle.

The log density is taken as it is: for "mle" it is the log-likelihood; "map", "bayes" and "vb" add the log priors that are given, and none where none are, so that a
density which already is a posterior is fitted as one. Standard errors of a maximum are those of the observed information (B. Efron, D. Hinkley, Biometrika 65, 1978),
carried from unconstrained reals to the parameters by the slopes of the transform.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.estimators.target_steps import TargetSteps
from statsim.estimators.vb import VB
from statsim.samplers.targets.target import as_target

PRINCIPLES = {"mle": MLE, "map": MAP, "bayes": Bayes, "vb": VB}


@dataclass(frozen=True, eq=False)
class TargetFit:
    """A fitted target.

    Attributes
    ----------
    names : tuple of str
    values : ndarray (dim,)
        The maximum, or the means of the posterior.
    covariance : ndarray (dim, dim) or None
        Inverse observed information, or the covariance of the posterior; None where the maximum is flat.
    fit_result_ : FitResult
    posterior_ : Draws or None
    """

    names: tuple
    values: np.ndarray
    covariance: np.ndarray | None
    fit_result_: Any
    posterior_: Any = None
    approximation: Any = None

    @property
    def point(self):
        """The values by name."""
        return dict(zip(self.names, self.values.tolist(), strict=True))

    @property
    def standard_errors(self):
        """Standard errors (or posterior standard deviations) by name; NaN where they are not known."""
        errors = np.full(len(self.names), np.nan) if self.covariance is None else np.sqrt(np.diagonal(self.covariance))
        return dict(zip(self.names, errors.tolist(), strict=True))

    def __repr__(self):
        shown = ", ".join(f"{name}={value:.6g} ({error:.2g})" for (name, value), error in zip(list(self.point.items())[:8], self.standard_errors.values(), strict=False))
        return f"TargetFit({shown}{', ...' if len(self.names) > 8 else ''})"


def fit(target, method="mle", *, initial=None, rng=None):
    """Fit a log density by a principle.

    Parameters
    ----------
    target : Target, model or function
        A function needs `initial`, which tells its dimension. A model means its density.
    method : {"mle", "map", "bayes", "vb"} or method object
        "mle": the maximum. "map": the maximum of the density times priors, `MAP(prior={name: prior})`. "bayes": draws by
        `Bayes(prior=, sampler=)`. "vb": the nearest normal law in unconstrained reals, `VB(prior=, family=)`. A coordinate that is given no prior has a flat one.
        Maxima are those of the parameters as they are named; climbs start at `initial`, or at eight random points, and `fit_result_` says how many agree.
    initial : array (dim,) or (k, dim), optional
        Where to begin, inside the support.
    rng : None, int, SeedSequence or Generator
        Seeds starts and draws.

    Returns
    -------
    TargetFit

    Raises
    ------
    ArgumentError, ArgumentTypeError
        Before any work: for a prior of an unknown coordinate, or with a smaller support than the target's.
    TargetError
        Where the target is wrong, with the point.
    FitError
        Where it is minus infinity at all starts.

    Warns
    -----
    FitWarning
        When a climb has not converged, a maximum is flat, or an approximation should not stand for the posterior.

    Examples
    --------
    >>> import math, numba, numpy as np, statsim as ss
    >>> @numba.njit
    ... def log_likelihood(x, total, n):
    ...     return n * math.log(x[0]) - x[0] * total
    >>> target = ss.Target(log_likelihood, dim=1, data=[20.0, 10], support=ss.samplers.supports.Positive(), names=["rate"])
    >>> found = ss.fit(target, rng=0)
    >>> round(found.point["rate"], 6), round(found.standard_errors["rate"], 4)
    (0.5, 0.1581)
    """
    principle = _principle(method)
    target = as_target(target, initial=initial)
    key = rngs.stream_key(rng, rngs.Purpose.FIT)
    state, result = principle.fit(TargetSteps(target, _points(initial, target.dim), key), key=key)
    if isinstance(state, Posterior):
        covariance = np.atleast_2d(np.cov(state.rows, rowvar=False))
        return TargetFit(tuple(state.draws.names), state.mean, covariance, result, state.draws, state.approximation)
    _warn(result)
    return TargetFit(tuple(target.names), target.constrain(state.y), _covariance(target, state), result)


def _principle(method):
    if isinstance(method, str):
        if method not in PRINCIPLES:
            raise ArgumentError(f"method must be one of {', '.join(map(repr, PRINCIPLES))} or a method object, got {method!r}")
        return PRINCIPLES[method]()
    if not isinstance(method, tuple(PRINCIPLES.values())):
        raise ArgumentTypeError(f"method must be a string or one of MLE, MAP, Bayes, VB, got {method!r:.200}; a sampler goes into Bayes(sampler=...)")
    return method


def _points(initial, dim):
    if initial is None:
        return None
    points = np.atleast_2d(np.asarray(initial, float))
    if points.ndim != 2 or points.shape[1] != dim or not len(points):
        raise ArgumentError(f"initial must have shape ({dim},) or (k, {dim}), got {np.shape(initial)}")
    return points


def _warn(result):
    import warnings

    from statsim.errors import FitWarning

    for message in result.warnings:
        warnings.warn(message, FitWarning, stacklevel=3)


def _covariance(target, maximum, h=6e-6):
    """Of the parameters: slopes of the transform around the covariance of the reals."""
    if maximum.covariance is None:
        return None
    y, slopes = maximum.y, np.empty((target.dim, len(maximum.y)))
    for j in range(len(y)):
        step = h * (1.0 + abs(y[j])) * np.eye(len(y))[j]
        slopes[:, j] = (target.constrain(y + step) - target.constrain(y - step)) / (2 * step[j])
    return slopes @ maximum.covariance @ slopes.T
