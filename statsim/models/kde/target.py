"""A kernel density estimate as a target: its density with an analytic gradient, and starts that are draws of the estimate."""

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError
from statsim.kernels.kde.target import product_value_and_gradient, radial_value_and_gradient
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.models.kde.columns import Categorical, Circular, Interval
from statsim.models.kde.draws import block_fill
from statsim.samplers.gibbs.conditional import SliceMove
from statsim.samplers.supports import Bounded, Real
from statsim.samplers.targets.target import Target

_TRIES = 200


class KernelTarget(Target):
    """The density of `law` (`DensityParameters` without categorical columns) between low and high (d,); chains start at draws of it."""

    def __init__(self, law, names=None, low=None, high=None):
        _require_numbers(law, names)
        d = law.shape[1]
        ends = [_ends(kind) for kind in law.columns]
        low = np.maximum(np.full(d, -np.inf) if low is None else low, [end[0] for end in ends])
        high = np.minimum(np.full(d, np.inf) if high is None else high, [end[1] for end in ends])
        self._law, self._ends, self._drawn = law, (low, high), None
        support = [Bounded(a, b) if np.isfinite(a) or np.isfinite(b) else Real() for a, b in zip(low, high, strict=True)]
        function, data = _tables(law)
        super().__init__(value_and_gradient=function, data=data, dim=d, names=names, support=support, interpreted=True)

    def draw_start(self, random):
        """A draw of the estimate between the bounds, unconstrained."""
        low, high = self._ends
        for _ in range(_TRIES):
            rows = self._rows(integer_below(random, 2**62))
            inside = np.flatnonzero(((rows > low) & (rows < high)).all(axis=1))
            if inside.size:
                return self.unconstrain(rows[inside[integer_below(random, inside.size)]])
        raise ArgumentError(f"none of {_TRIES * BLOCK_ROWS} draws lies between the bounds; give initial=, or use Rejection()")

    def _rows(self, block):
        fill = block_fill(self._law, np.zeros(2, np.uint64))
        rows, numbers = np.empty((BLOCK_ROWS, self.dim)), np.empty(BLOCK_ROWS, np.int64)
        fill(block, (rows, numbers))
        return rows

    def conditionals(self):
        """What `Gibbs()` runs: each coordinate by slices of its law given the others."""
        widths = np.sqrt(np.diagonal(self._law.bandwidth)) if self._law.is_full else self._law.bandwidth
        return tuple(SliceMove(j, float(width)) for j, width in enumerate(widths))


def _require_numbers(law, names):
    categorical = [j for j, kind in enumerate(law.columns) if isinstance(kind, Categorical)]
    if categorical:
        raise ArgumentError(
            f"columns {categorical} are categorical: a sampler of real coordinates cannot move in them; fix them with model.given, or leave them out with model.marginal"
        )


def _ends(kind):
    return (kind.low, kind.high) if isinstance(kind, (Interval, Circular)) else (-np.inf, np.inf)


def _tables(law):
    """The compiled density and its data."""
    d, number = law.shape[1], law.kernel.number
    weights, scales = law.weights * law.scales**d, law.scales
    if law.is_full:
        inverse = np.ascontiguousarray(np.linalg.solve(law.lower, np.eye(d)))
        return radial_value_and_gradient, (law.data, weights, scales, law.origin, inverse, number, law.log_constant())
    signs, shifts = zip(*(law.images(j) for j in range(d)), strict=True)
    starts = np.cumsum([0, *(sign.size for sign in signs)])
    edges = [kind if isinstance(kind, Interval) and law.boundary == "renormalise" else None for kind in law.columns]
    low = np.array([-np.inf if kind is None else kind.low for kind in edges])
    high = np.array([np.inf if kind is None else kind.high for kind in edges])
    constant = law.log_constant()
    if law.is_renormalised:
        constant -= float(np.log(law.weights @ law.inside.prod(axis=1)))
    data = law.data, weights, scales, law.origin, law.bandwidth, number, starts, np.concatenate(signs), np.concatenate(shifts), low, high, constant
    return product_value_and_gradient, data
