"""A target times independent priors of its coordinates."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.samplers.targets.compilation import is_compilable
from statsim.samplers.targets.signatures import fills_buffer
from statsim.samplers.targets.target import Target


class TargetWithPrior(Target):
    """`base` plus the log density of `prior`; what `base` says of starts, methods and names stays."""

    def __init__(self, base, prior):
        self.base, self.prior = base, prior
        _check_bounds(base, prior)
        functions, interpreted = _with_prior(base), base._plain
        super().__init__(**functions, dim=base.dim, data=(prior.table(base.names), *base.data), support=base.support, names=base.names, interpreted=interpreted)

    def __repr__(self):
        return f"{self.base!r} with {self.prior!r}"

    def draw_start(self, random):
        return self.base.draw_start(random)

    def placed(self, initial):
        return self.base.placed(initial)

    def shown(self, draws):
        return self.base.shown(draws)


def _check_bounds(target, prior):
    """Refuse a prior whose support is smaller than the target's: chains would run into its wall."""
    low, high = target.bounds
    for name, below, above in zip(target.names, low, high, strict=True):
        one = prior.of(name)
        if one is not None and (one.bounds[0] > below or one.bounds[1] < above):
            raise ArgumentError(
                f"the prior of {name!r}, {one!r}, lies between {one.bounds[0]:g} and {one.bounds[1]:g}, but the target's support between {below:g} and {above:g}; "
                f"give Target(..., support=...) the same bounds"
            )


def _with_prior(base):
    """The functions of the sum, for `Target(**functions)`."""
    f, g, fg = (base._functions[name] for name in ("log_density", "gradient", "value_and_gradient"))
    compiled = all(is_compilable(one) for one in (f, g, fg) if one is not None)
    if fg is not None:
        return {"value_and_gradient": _wrapped(_sum_filling, compiled, fg)}
    if g is None:
        return {"log_density": _wrapped(_sum_of_values, compiled, f)}
    fills = fills_buffer(g, len(base.data))
    return {"value_and_gradient": _wrapped(_sum_after_filling if fills else _sum_after_returning, compiled, f, g)}


def _wrapped(make, compiled, *functions):
    import numba

    made = make(*functions)
    return numba.njit(error_model="numpy")(made) if compiled else made


def _sum_filling(fg):
    from statsim.kernels.priors import log_prior

    def value_and_gradient(x, out, priors, *data):
        value = fg(x, out, *data)
        return value + log_prior(priors, x, out)

    return value_and_gradient


def _sum_after_filling(f, g):
    from statsim.kernels.priors import log_prior

    def value_and_gradient(x, out, priors, *data):
        g(x, out, *data)
        return f(x, *data) + log_prior(priors, x, out)

    return value_and_gradient


def _sum_after_returning(f, g):
    from statsim.kernels.priors import log_prior

    def value_and_gradient(x, out, priors, *data):
        out[:] = g(x, *data)
        return f(x, *data) + log_prior(priors, x, out)

    return value_and_gradient


def _sum_of_values(f):
    from statsim.kernels.priors import log_prior

    def log_density(x, priors, *data):
        return f(x, *data) + log_prior(priors, x, np.zeros(x.size))

    return log_density
