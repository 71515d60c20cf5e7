r"""Observed information by differences of the log-likelihood.

The step of each coordinate is a set fraction of the distance over which the log-likelihood falls by one half (a standard error, the others held fixed),
so it suits any scale and any number of rows; formulas of fourth order, taken row by row before they are summed.
"""

from dataclasses import dataclass

import numpy as np

from statsim.errors import FitError

_STEP = 0.02  # of that distance: truncation of order 1e-8 and rounding of order 1e-9 in the information
_FALL = 0.5
_SINGULAR = 1e-9  # least eigenvalue of the information scaled to a unit diagonal


@dataclass(frozen=True)
class Curvature:
    """Derivatives of the log-likelihood at the estimate, in unconstrained reals.

    Attributes
    ----------
    information : ndarray (q, q)
        Minus the second derivatives.
    scores : ndarray (n, q)
        First derivatives of each row's log density.
    """

    information: np.ndarray
    scores: np.ndarray

    @property
    def covariance(self):
        """Inverse of the information (q, q)."""
        return np.linalg.inv(self.information)


def curvature_of(coordinates):
    """The `Curvature` of a model at its parameters.

    Raises
    ------
    FitError
        When the log-likelihood does not fall in some direction: a parameter that the data say nothing about.
    """
    distances = np.array([_distance(coordinates, j) for j in range(coordinates.n_free)])
    steps = np.diag(_STEP * distances)
    information, scores = _derivatives(coordinates, steps)
    _check_definite(information, coordinates)
    outer = np.outer(_STEP * distances, _STEP * distances)
    return Curvature(information / outer, scores / (_STEP * distances))


def _distance(coordinates, j):
    """How far coordinate j goes until the log-likelihood, averaged over both sides, has fallen by one half."""
    e, h = np.eye(coordinates.n_free)[j], 1e-2
    for _ in range(60):
        fall = -0.5 * (coordinates.rise(coordinates.origin + h * e) + coordinates.rise(coordinates.origin - h * e))
        if 0.5 * _FALL < fall < 2 * _FALL:
            return h
        h *= min(max(np.sqrt(_FALL / fall), 0.1), 10.0) if fall > 1e-9 else 10.0
        if not 1e-150 < h < 1e6:
            break
    raise FitError(
        f"the log-likelihood does not fall about {coordinates.names[min(j, len(coordinates.names) - 1)]!r} (nor along what it is tied to): these data say nothing "
        f"about it; use a model without it, more data, or method='bayes' with a prior"
    )


def _derivatives(coordinates, steps):
    """Minus second derivatives (q, q) and row-wise first ones (n, q), with respect to multiples of `steps`' rows."""
    q, origin, weights = coordinates.n_free, coordinates.origin, coordinates.weights
    information, scores = np.empty((q, q)), np.empty((len(weights), q))
    for i in range(q):
        one, two, minus_one, minus_two = (_terms(coordinates, origin + m * steps[i]) for m in (1, 2, -1, -2))
        scores[:, i] = (8 * (one - minus_one) - (two - minus_two)) / 12
        information[i, i] = -(weights @ (16 * (one + minus_one) - (two + minus_two))) / 12
        for j in range(i):
            information[i, j] = information[j, i] = -(4 * _mixed(coordinates, steps[i], steps[j]) - _mixed(coordinates, 2 * steps[i], 2 * steps[j]) / 4) / 3
    return information, scores


def _mixed(coordinates, a, b):
    """Mixed second difference along a and b."""
    ends = [_terms(coordinates, coordinates.origin + s * a + t * b) for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
    return coordinates.weights @ (ends[0] - ends[1] - ends[2] + ends[3]) / 4


def _terms(coordinates, y):
    terms = coordinates.terms(y)
    if terms is None or not np.isfinite(terms).all():
        raise FitError(
            f"the log-likelihood ends within {_STEP} standard errors of the estimate, at {_shown(coordinates, y)}: it has no curvature there; use method='bootstrap'"
        )
    return terms


def _shown(coordinates, y):
    return ", ".join(f"{name} = {value:.6g}" for name, value in list(zip(coordinates.names, coordinates.parameters(y), strict=True))[:10])


def _check_definite(information, coordinates):
    sizes = np.sqrt(np.abs(np.diagonal(information)))
    values, vectors = np.linalg.eigh(information / np.outer(sizes, sizes))
    if not values[0] > _SINGULAR:
        tied = (np.abs(coordinates.jacobian() @ (vectors[:, 0] / sizes)) > 0).nonzero()[0]
        names = ", ".join(coordinates.names[k] for k in tied[:5])
        raise FitError(
            f"the information of {names} is not positive definite (least eigenvalue {values[0]:.3g} of the scaled matrix): the estimate is no maximum of the "
            f"likelihood of these data, or they cannot tell these parameters apart; fit the model to these data, or use fewer parameters"
        )
