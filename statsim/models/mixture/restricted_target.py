"""The density of a Gaussian mixture inside bounds and linear constraints, as a target."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.mixture.target import mixture_log_density_within
from statsim.models.mixture.between import Between
from statsim.models.mixture.frame import interior_point
from statsim.models.mixture.target import MixtureTarget, density_tables, sweep
from statsim.samplers.supports import Bounded, Real

_TRIES = 1000


class RestrictedTarget(MixtureTarget):
    """The density in the coordinates v of a `Frame`; bounds are the support, further rows give minus infinity outside."""

    def __init__(self, frame, names):
        self.frame = frame
        self.user_names = tuple(names)
        self._between = Between(frame)
        support = [_set(low, high) for low, high in zip(frame.low, frame.high, strict=True)]
        shown = self.user_names if frame.is_plain else tuple(f"v[{i}]" for i in range(len(support)))
        options = {"support": support}
        if len(frame.rows):
            data = (frame.parameters.means, *density_tables(frame.parameters), *_rows(frame))
            options |= {"log_density": mixture_log_density_within, "value_and_gradient": None, "data": data}
        super().__init__(frame.parameters, shown, **options)

    def draw_start(self, random):
        """A point inside the region, unconstrained: a draw between the bounds."""
        for _ in range(_TRIES if len(self.frame.rows) else 1):
            v = self._between.draw_one(random)
            if self.frame.holds(v[None])[0] and ((v > self.frame.low) & (v < self.frame.high)).all():
                return self.unconstrain(v)
        return self.unconstrain(interior_point(self.frame))

    def conditionals(self):
        """What `Gibbs()` runs: one sweep over the component and all coordinates."""
        frame = self.frame
        return (sweep(frame.parameters, frame.low, frame.high, *_rows(frame)),)

    def placed(self, initial):
        """v of a point x (d,), or of several (n, d), inside the region."""
        if initial is None or self.frame.is_plain:
            return initial
        x = np.asarray(initial, np.float64)
        if x.shape[-1:] != self.frame.centre.shape:
            raise ArgumentError(f"initial must have {len(self.frame.centre)} coordinates, got shape {x.shape}")
        v = (x - self.frame.centre) @ self.frame.inverse.T
        off = np.abs(self.frame.centre + v @ self.frame.matrix.T - x).max()
        if off > 1e-8 * max(1.0, np.abs(x).max()):
            raise ArgumentError(f"initial misses an equality of linear by {off:.3g}: {x.tolist()}")
        return v

    def shown(self, draws):
        """Draws of v as draws of x."""
        if self.frame.is_plain:
            return draws
        warmup = getattr(draws, "warmup", None)
        changed = {"warmup": self.shown(warmup)} if warmup is not None else {}
        return replace(draws, values=self.frame.centre + draws.values @ self.frame.matrix.T, names=self.user_names, **changed)


def _set(low, high):
    return Bounded(low, high) if np.isfinite(low) or np.isfinite(high) else Real()


def _rows(frame):
    return np.ascontiguousarray(frame.rows), frame.row_low, frame.row_high

