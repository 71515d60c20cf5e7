r"""Learning the metric in warm-up.

"diag": :math:`s_i^2 = \sqrt{Var(y_i) / Var(\partial_i \log p)}`, which minimises the Fisher divergence between the target and a normal and
needs few draws (Seyboldt, Carlson, Carpenter 2026, Preconditioning Hamiltonian Monte Carlo by minimizing Fisher divergence);
it begins at :math:`s_i^2 = 1 / |\partial_i \log p|` of the start and is looked at five times in the first stage. "dense" and "low_rank":
the full covariance, and its few directions that are far from those scales, see `statsim.samplers.hamiltonian.fisher`.
"""

import numpy as np

from statsim.kernels.hamiltonian.metric import DENSE, DIAGONAL, LOW_RANK
from statsim.samplers.hamiltonian.fisher import dense_covariance, low_rank_factor
from statsim.samplers.chains.one_blas_thread import one_blas_thread
from statsim.samplers.chains.windows import stages

METRICS = ("diag", "dense", "low_rank", "unit")
_KIND = {"unit": DIAGONAL, "diag": DIAGONAL, "dense": DENSE, "low_rank": LOW_RANK}
_LEAST, _MOST = 1e-150, 1e150


def begin_metric(name, gradient, *, warmup):
    """The arrays of `chain.state` that belong to the metric, at a start with this gradient."""
    d = gradient.size
    scale = np.ones(d) if name == "unit" else _scale_from_gradient(gradient)
    windows = np.diff([0, *[stages(warmup)[0]], *stages(warmup)[1]])
    longest = int(windows.max()) if name in ("dense", "low_rank") and len(windows) else 0
    return {
        "kind": np.array([DIAGONAL], np.int64),
        "scale": scale,
        "factor": np.zeros((0, d)),
        "moments": np.zeros((4, d if name == "diag" else 0)),
        "history": np.zeros((longest, 2, d)),
    }


def metric_of(state):
    """The tuple that kernels take."""
    return int(state["kind"][0]), state["scale"], state["factor"]


def _scale_from_gradient(gradient):
    with np.errstate(divide="ignore"):
        scale = 1.0 / np.sqrt(np.abs(gradient))
    return np.where(np.isfinite(scale), np.clip(scale, 1e-10, 1e10), 1.0)


def learn_metric(state, name):
    """Replace the metric by what the window that ends here says; True when it changed. The window begins anew."""
    count = int(state["numbers"][2])
    state["numbers"][2] = 0.0
    if name == "diag":
        scale = scale_from_moments(state["moments"], count)
        state["moments"][:] = 0.0
        if scale is None:
            return False
        state["scale"][:] = scale
        return True
    with one_blas_thread():
        return learn_from_history(state, name, count)


def scale_from_moments(moments, count):
    """Scales (d,) from running moments of draws and gradients, or None from fewer than three draws."""
    if count < 3:
        return None
    return fisher_scale(moments[1] / (count - 1), moments[3] / (count - 1))


def fisher_scale(draw_variance, gradient_variance):
    """(Var(y) / Var(gradient))^(1/4), 1 where either says nothing."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = np.sqrt(np.sqrt(draw_variance) / np.sqrt(gradient_variance))
    return np.where(np.isfinite(scale) & (scale > _LEAST) & (scale < _MOST), scale, 1.0)


def learn_from_history(state, name, count):
    """The metric of a window of draws and gradients."""
    draws, gradients = state["history"][:count, 0], state["history"][:count, 1]
    if count < 3:
        return False
    scale = fisher_scale(draws.var(axis=0, ddof=1), gradients.var(axis=0, ddof=1))
    if name == "dense":
        state["factor"] = dense_factor(draws / scale, gradients * scale, scale)
    else:
        state["factor"] = low_rank_factor(draws / scale, gradients * scale)
        state["scale"][:] = scale
    state["kind"][0] = _KIND[name]
    return True


def dense_factor(draws, gradients, scale):
    """Cholesky factor (d, d) of the covariance that a window in scaled coordinates speaks for, transposed, as the kernel wants it."""
    from statsim.kernels.cholesky import cholesky

    matrix = dense_covariance(draws, gradients)[np.newaxis]
    lower = np.zeros_like(matrix)
    if cholesky(matrix, 1e-14, lower) >= 0:  # no covariance in floating point: scales only
        return np.ascontiguousarray(np.diag(scale))
    return np.ascontiguousarray((scale[:, np.newaxis] * lower[0]).T)
