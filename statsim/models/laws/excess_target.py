"""The posterior of a generalised Pareto law in coordinates without an edge.

The likelihood is zero where ``shape < -scale / top``, top being the largest value: a slanted edge that chains run into. They move in the
scale and in how far the shape lies above that edge (or above -1), both positive; the draws are given back as shape and scale.
"""

from dataclasses import replace

import numpy as np

from statsim.models.laws.law_target import posterior_function
from statsim.samplers.supports import Positive
from statsim.samplers.targets.target import Target

_LOWEST = -1.0


class ExcessTarget(Target):
    """Log posterior of (gap, scale)."""

    def __init__(self, kind, data, prior):
        self.prior, self._names = prior, kind.parameter_names
        self._top = float(np.concatenate([data.values, data.low[np.isfinite(data.low)]]).max())
        top, function = self._top, posterior_function(kind, data, prior)
        (low, high), (scale_low, scale_high) = (prior.of(name).bounds for name in self._names)

        def log_posterior(x, out):
            gap, scale = x[0], x[1]
            edge = max(_LOWEST, -scale / top)
            out[:] = 0.0
            if not (low < edge + gap < high and scale_low < scale < scale_high):
                return -np.inf
            value = function(np.array([edge + gap, scale]), out)
            if edge > _LOWEST:
                out[1] -= out[0] / top
            return value

        super().__init__(value_and_gradient=log_posterior, dim=2, support=[Positive(), Positive()], names=("gap", "scale"), interpreted=True)

    def default_method(self):
        """NUTS with short steps: few rows leave curved posteriors, and a step costs little."""
        from statsim.samplers.hamiltonian.nuts import NUTS

        return NUTS(target_accept=0.95)

    def shown(self, draws):
        """Draws of (shape, scale)."""
        values = draws.values.copy()
        values[:, :, 0] += np.maximum(_LOWEST, -values[:, :, 1] / self._top)
        return replace(draws, values=values, names=self._names)
