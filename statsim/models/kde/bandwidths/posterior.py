r"""Bandwidths under a prior: the mode of their posterior, and draws of it, under the leave-one-out likelihood.

X. Zhang, M. King, R. Hyndman, Computational Statistics and Data Analysis 50 (2006); as a penalised likelihood the mode keeps the likelihood's from running to 0 or to infinity. The likelihood is that of
`statsim.models.kde.bandwidths.cross_validation`, with the same rules for ties.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim.distributions.priors import Flat, Independent, LogNormal
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.kde.bandwidth_posterior import log_posterior
from statsim.models.kde.bandwidths.cross_validation import tiles_of
from statsim.models.kde.bandwidths.ties import Counting, LeftOut, left_out
from statsim.samplers.supports import Positive
from statsim.samplers.targets.target import Target

_MULTIPLES = np.log(2.0) * np.arange(-5, 1.6, 0.5)
_STEP = 0.05  # of a log bandwidth, for the curvature where the climb begins
_NEAR = 0.2  # of the usual spread of starts, about the log bandwidths of the rule


@dataclass(frozen=True, eq=False)
class BandwidthSteps:
    """Fitting bandwidths (d,) to what is left when a row is out; `rule` (d,) is where the prior's middle lies and searches begin, `total` the rows that count."""

    data: LeftOut
    rule: np.ndarray
    total: float
    prior: Independent | None = None

    loop = "ascent"
    criterion = "log posterior"
    offset = 0.0
    resolution = 1e-11

    @classmethod
    def of(cls, X, counting: Counting, rule):
        """For rows X (n, d) of numbers."""
        return cls(left_out(X, counting), rule, float(counting.n))

    @property
    def names(self):
        """Of the bandwidths."""
        return tuple(f"bandwidth[{j}]" for j in range(len(self.rule)))

    # ------------------------------------------------------------ what principles ask for

    def regularised(self, prior, penalty):
        """The steps of the posterior mode."""
        if penalty is not None:
            raise ArgumentError(f"penalty={penalty!r}: bandwidths take a prior, such as statsim.priors.LogNormal(log_mean=0, log_sd=1); leave penalty out")
        return BandwidthSteps(self.data, self.rule, self.total, self._checked(prior))

    def posterior(self, prior):
        """The posterior as a target."""
        return BandwidthTarget(BandwidthSteps(self.data, self.rule, self.total, self._checked(prior)))

    def _checked(self, prior):
        if prior is None:
            return Independent({name: LogNormal(log_mean=math.log(h), log_sd=1.0) for name, h in zip(self.names, self.rule, strict=True)})
        prior = Independent({"bandwidth": prior}) if not isinstance(prior, (dict, Independent)) else Independent(prior) if isinstance(prior, dict) else prior
        prior.table(self.names)
        for name in self.names:
            if prior.of(name).bounds[0] < 0 and not isinstance(prior.of(name), Flat):
                raise ArgumentTypeError(f"the prior of {name} is {prior.of(name)!r}, but a bandwidth is above 0; use LogNormal, Gamma or another law above 0")
        return prior

    # ------------------------------------------------------------ the log posterior

    @cached_property
    def tables(self):
        """What the compiled log posterior takes besides the bandwidths."""
        tables, weights, removed = tiles_of(self.data)
        return [*tables, weights, np.ascontiguousarray(removed), self.total, np.asarray(self.data.least, float), self.prior.table(self.names)]

    def _at(self, logs):
        """Log posterior at exp(logs) (d,), and its gradient by them."""
        h, slopes = np.exp(logs), np.empty(len(logs))
        return float(log_posterior(h, slopes, *self.tables)), slopes * h

    # ------------------------------------------------------------ a climb

    @cached_property
    def _begin(self):
        """Log bandwidths (d,) of the best multiple of the rule, and scales (d,) in which the curvature there is about 1."""
        floor = np.log(np.maximum(self.data.least * 1.001, 1e-300))
        starts = [np.maximum(np.log(self.rule) + step, floor) for step in _MULTIPLES]
        start = max(starts, key=lambda logs: self._at(logs)[0])
        unit = _STEP * np.eye(len(start))
        bend = np.array([(self._at(start - one)[1] - self._at(start + one)[1])[j] / (2 * _STEP) for j, one in enumerate(unit)])
        return start, np.sqrt(np.where(np.isfinite(bend), np.maximum(bend, 1.0), 1.0))

    @property
    def n_coordinates(self):
        """Number of bandwidths."""
        return len(self.rule)

    def value_and_gradient(self, vector):
        """Log posterior and gradient in scaled log bandwidths about the start."""
        start, scale = self._begin
        value, gradient = self._at(start + vector / scale)
        return (value, gradient / scale) if value > -np.inf else (-np.inf, None)

    def from_vector(self, vector):
        """The bandwidths (d,)."""
        start, scale = self._begin
        return np.exp(start + vector / scale)


class BandwidthTarget(Target):
    """Log posterior of bandwidths with its gradient; chains begin near the rule of thumb."""

    def __init__(self, steps):
        self.prior, self._rule = steps.prior, steps.rule
        self._bounded = bool((steps.data.least > 0).any())
        d = len(steps.rule)
        super().__init__(value_and_gradient=log_posterior, dim=d, data=steps.tables, support=[Positive()] * d, names=steps.names, interpreted=True)

    def draw_start(self, random):
        """Log bandwidths (d,) where a chain begins."""
        return np.log(self._rule) + _NEAR * super().draw_start(random)

    def default_method(self):
        """NUTS; where bandwidths have a least value, whose edge has no gradient, the random walk."""
        from statsim.samplers.hamiltonian.nuts import NUTS
        from statsim.samplers.metropolis.random_walk import RandomWalk

        return RandomWalk() if self._bounded else NUTS()
