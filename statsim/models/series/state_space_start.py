"""Where EM of a state space model begins: principal components of windows as states, then regressions among them."""

import numpy as np

from statsim.errors import ArgumentError, FitError
from statsim.models.series.linear_gaussian import LinearGaussian

_LARGEST = 0.95  # size that eigenvalues of the first transition may have
_NOISE, _SHOCK = 0.1, 0.01  # least share of variance that noise and shocks begin with


def first_model(parts, m):
    """`LinearGaussian` with m states for the sequences `parts` (n, k), whose missing values are filled in.

    Raises
    ------
    ArgumentError
        For too few steps.
    FitError
        For a constant column.
    """
    steps = np.concatenate(parts)
    centre, scale = steps.mean(axis=0), steps.std(axis=0)
    constant = np.flatnonzero(steps.max(axis=0) == steps.min(axis=0))
    if constant.size:
        raise FitError(f"column {constant[0]} is the constant {steps[0, constant[0]]!s}; leave it out, its noise variance is zero")
    k = steps.shape[1]
    lags = -(-m // k)
    windows = [np.lib.stride_tricks.sliding_window_view((part - centre) / scale, lags, axis=0) for part in parts if len(part) >= lags]
    windows = [window.reshape(len(window), -1) for window in windows]
    if sum(max(len(window) - 1, 0) for window in windows) <= m:
        raise ArgumentError(f"X has too few steps for n_states={m}: {[len(part) for part in parts][:20]}; use fewer states, or more steps")
    directions = np.linalg.svd(np.concatenate(windows), full_matrices=False)[2][:m]
    states = [window @ directions.T for window in windows]
    before, after = np.concatenate([state[:-1] for state in states]), np.concatenate([state[1:] for state in states])
    transition = _shrunk(np.linalg.lstsq(before, after, rcond=None)[0].T)
    now = np.concatenate(states)
    values = np.concatenate([part[lags - 1 :] for part in parts if len(part) >= lags]) - centre
    observation = np.linalg.lstsq(now, values, rcond=None)[0].T
    spread = now.T @ now / len(now)
    shocks = after - before @ transition.T
    shock = shocks.T @ shocks / len(shocks) + _SHOCK * np.diag(np.diagonal(spread))
    noises = values - now @ observation.T
    noise = noises.T @ noises / len(noises) + _NOISE * np.diag(scale**2)
    root = np.linalg.cholesky(shock)  # in its basis the shocks have unit covariance
    unit = np.linalg.inv(root)
    spread = unit @ spread @ unit.T
    return LinearGaussian(
        unit @ transition @ root, observation @ root, np.eye(m), (noise + noise.T) / 2, np.zeros(m), centre, np.zeros(m), (spread + spread.T) / 2
    )


def _shrunk(transition):
    size = np.abs(np.linalg.eigvals(transition)).max()
    return transition * min(1.0, _LARGEST / size) if size > 0 else transition
