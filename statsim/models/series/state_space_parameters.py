"""A `LinearGaussian` from a user's arrays, or from a file; the stationary first state."""

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError
from statsim.kernels.series.elimination import solve_in_place
from statsim.kernels.series.lyapunov import stationary_covariance
from statsim.kernels.series.products import add_congruence
from statsim.model import closed
from statsim.models.series import checked
from statsim.models.series.autoregressive_law import STATIONARY
from statsim.models.series.linear_gaussian import LinearGaussian
from statsim.models.series.state_space_steps import COVARIANCES, PARAMETERS

_KEYS = (*PARAMETERS, "missing", "estimate", "diagonal")


def checked_model(
    *, transition, observation, state_covariance, observation_covariance, selection=None, state_intercept=None, observation_intercept=None,
    initial_mean=None, initial_covariance=None, initial_diffuse=None,
):  # fmt: skip
    """`LinearGaussian`, with the stationary first state where none is given.

    Raises
    ------
    ArgumentError
    """
    T = checked.array(transition, "transition", (None, None))
    m = len(T)
    T = checked.array(T, "transition", (m, m))
    Z = checked.array(observation, "observation", (None, m))
    k = len(Z)
    if not m or not k:
        raise ArgumentError(f"transition and observation must have at least one row, got shapes {T.shape} and {Z.shape}")
    Q = _state_covariance(state_covariance, selection, m)
    H = checked.covariance(observation_covariance, "observation_covariance", k, singular=True)
    c = np.zeros(m) if state_intercept is None else checked.array(state_intercept, "state_intercept", (m,))
    d = np.zeros(k) if observation_intercept is None else checked.array(observation_intercept, "observation_intercept", (k,))
    a1 = None if initial_mean is None else checked.array(initial_mean, "initial_mean", (m,))
    P1 = None if initial_covariance is None else checked.covariance(initial_covariance, "initial_covariance", m, singular=True)
    infinite = None if initial_diffuse is None else _infinite(initial_diffuse, m)
    a1, P1 = _first_state(T, Q, c, a1, P1) if infinite is None else _diffuse_state(T, Q, c, a1, P1, infinite)
    return LinearGaussian(T, Z, Q, H, c, d, a1, P1, infinite)


def _infinite(value, m):
    """P_infinity (m, m) from True, truth values (m,) or a matrix; None where nothing is infinite."""
    array = np.asarray(value)
    if array.dtype.kind == "b" and array.shape in ((), (m,)):
        matrix = np.diag(np.broadcast_to(array, (m,)).astype(np.float64))
    elif array.dtype.kind in "fiu" and array.shape == (m, m):
        matrix = checked.covariance(value, "initial_diffuse", m, singular=True)
    else:
        raise ArgumentError(f"initial_diffuse must be True, {m} truth values, one for each state, or a covariance ({m}, {m}), got {value!r:.200}")
    return matrix if matrix.any() else None


def _diffuse_state(T, Q, c, a1, P1, infinite):
    """Mean and covariance of the first state besides what is infinite; the other states begin in their stationary law where None."""
    m, rest = len(T), np.flatnonzero(~infinite.any(axis=0))
    others = np.flatnonzero(infinite.any(axis=0))
    mean, covariance = np.zeros(m), np.zeros((m, m))
    if (a1 is None or P1 is None) and rest.size:
        if T[np.ix_(rest, others)].any():
            raise ArgumentError(
                f"states {rest.tolist()} have no infinite variance but move with states {others.tolist()} that have (initial_diffuse), so they have no "
                f"stationary law to begin in; pass initial_mean= and initial_covariance="
            )
        own = np.ix_(rest, rest)
        mean[rest], covariance[own] = _first_state(np.ascontiguousarray(T[own]), np.ascontiguousarray(Q[own]), c[rest], None, None)
    return mean if a1 is None else a1, covariance if P1 is None else P1


def _state_covariance(value, selection, m):
    """R Q R' for the selection matrix R (m, r), by our own loops."""
    if selection is None:
        return checked.covariance(value, "state_covariance", m, singular=True)
    R = checked.array(selection, "selection", (m, None))
    Q = checked.covariance(value, "state_covariance", R.shape[1], singular=True)
    out = np.zeros((m, m))
    add_congruence(R, Q, np.empty(R.shape), out)
    return out


def _first_state(T, Q, c, a1, P1):
    """Mean and covariance of the first state: the stationary ones where None."""
    if a1 is not None and P1 is not None:
        return a1, P1
    largest = np.abs(np.linalg.eigvals(T)).max()
    if not largest < STATIONARY:
        raise ArgumentError(
            f"transition has an eigenvalue of size {largest:.6g}, so the states have no stationary law to begin in; "
            f"pass initial_mean= and initial_covariance="
        )
    if a1 is None:
        a1 = c.copy()
        if c.any():
            solve_in_place(np.eye(len(T)) - T, a1)
    if P1 is None:
        P1 = np.empty(T.shape)
        if not stationary_covariance(T, Q, P1):
            raise ArgumentError(
                f"the stationary covariance of the states is beyond doubles: transition has entries up to {np.abs(T).max():g}, state_covariance up to "
                f"{np.abs(Q).max():g}; change the units of the states, or pass initial_mean= and initial_covariance="
            )
    return a1, P1


def write_model(model, missing, estimate, diagonal):
    """JSON values of a `LinearGaussian` and of the constructor parameters a file keeps."""
    arrays = {name: files.array_to_document(getattr(model, name)) for name in PARAMETERS}
    document = {**arrays, "missing": missing, "estimate": list(estimate), "diagonal": list(diagonal)}
    return document if model.initial_diffuse is None else {**document, "initial_diffuse": files.array_to_document(model.initial_diffuse)}


def read_model(document):
    """(model, missing, estimate, diagonal) from what `write_model` made; `FileRefusedError` or `ArgumentError` for anything else."""
    infinite = document.get("initial_diffuse")
    closed(document, _KEYS if infinite is None else (*_KEYS, "initial_diffuse"))
    ranks = {"state_intercept": 1, "observation_intercept": 1, "initial_mean": 1}
    arrays = {name: files.array_from_document(document[name], name, shape=(None,) * ranks.get(name, 2)) for name in PARAMETERS}
    names = [tuple(_names(document[key], key, allowed)) for key, allowed in (("estimate", PARAMETERS), ("diagonal", COVARIANCES))]
    if infinite is not None:
        arrays["initial_diffuse"] = files.array_from_document(infinite, "initial_diffuse", shape=(None, None))
    return checked_model(**arrays), checks.choice(document["missing"], "missing", ("raise", "mar")), *names


def _names(value, key, allowed):
    if not isinstance(value, list):
        raise ArgumentError(f"{key} must be a list of names, got {str(value)[:100]}")
    return [checks.choice(name, key, allowed) for name in value]
