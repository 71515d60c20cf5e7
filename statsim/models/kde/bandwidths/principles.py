"""Bandwidths by a principle: how `method=` and `bandwidth=` of a kernel estimate go together."""

from statsim.errors import ArgumentError
from statsim.estimators.posterior import Posterior
from statsim.models.kde.bandwidths.posterior import BandwidthSteps
from statsim.models.kde.bandwidths.select import selected_bandwidth
from statsim.models.kde.columns import Line


def principle_of(model):
    """The method object of a fit by a principle, or None; refuses what does not go with one."""
    if model.method is None:
        return None
    method = model._method()
    if not (isinstance(model.bandwidth, str) and model.bandwidth in ("scott", "silverman")):
        raise ArgumentError(f"method={method.name!r} learns the bandwidth, and bandwidth={model.bandwidth!r:.80} says it; leave one of them out ('scott' and 'silverman' may stay: the prior's middle)")
    if model.bandwidth_type != "diag" or (model.adaptive is not False and model.adaptive != 0):
        raise ArgumentError(f"method={method.name!r} learns one bandwidth for each column and all rows; leave bandwidth_type and adaptive at their defaults")
    return method


def learned_bandwidth(method, rule, X, counting, *, key, kernel, columns, boundary, names):
    """Bandwidths (d,) of rows X by `method`; the draws of a posterior or None, and the account or None.

    Raises
    ------
    ArgumentError, ArgumentTypeError, FitError
    """
    selector = "likelihood" if method.name == "mle" else rule
    found = selected_bandwidth(selector, X, counting, kernel=kernel, columns=columns, boundary=boundary, full=False, names=names)
    if method.name == "mle":
        return found, None, None
    state, result = method.fit(_steps(X, counting, found, kernel=kernel, columns=columns, method=method.name), key=key)
    return (state.mean, state.draws, result) if isinstance(state, Posterior) else (state, None, result)


def _steps(X, counting, rule, *, kernel, columns, method):
    """`BandwidthSteps`, for the estimates that have them: a Gaussian kernel, and columns that may be any number."""
    if kernel.name != "gaussian":
        raise ArgumentError(f"method={method!r} needs kernel='gaussian', whose leave-one-out likelihood it uses, got {kernel.name!r}; use bandwidth='likelihood'")
    if not all(isinstance(kind, Line) for kind in columns):
        raise ArgumentError(f"method={method!r} needs columns that may be any number; with support= use bandwidth='likelihood', which is method='mle'")
    return BandwidthSteps.of(X, counting, rule)
