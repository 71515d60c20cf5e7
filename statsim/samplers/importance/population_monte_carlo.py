r"""Population Monte Carlo with a mixture that learns (Cappé, Douc, Guillin, Marin, Robert 2008, Statistics and Computing 18).

Shares, locations and scales of a mixture of Student laws follow one weighted EM step a stage, Rao-Blackwellised over the
component that a draw came from; each step lowers the Kullback divergence from the target.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError
from statsim.samplers.importance.adaptive_stages import checked_start, first_mixture, run_stages, tempered
from statsim.samplers.importance.student_mixture import StudentMixture, usable_scale
from statsim.samplers.targets.target import as_target
from statsim.samplers.draws.weighted_draws import weighted_draws

DRAWS_PER_MOMENT = 5
SMALLEST_SHARE = 1e-3  # of the mean share: a component that has died out stays where it is


@dataclass(frozen=True)
class PopulationMonteCarlo:
    """Population Monte Carlo with a mixture of Student laws: for targets with a few modes, or bent ones.

    Parameters
    ----------
    n_components : int
        Student laws in the mixture.
    n_stages : int
    df : float
        Degrees of freedom of all components.
    location : float or array (reals,)
        Centre of the first locations, which are spread as draws of a Student law, in unconstrained coordinates.
    scale : float or array (reals,)
        First scale of every component, and of the spread of the locations; should cover all modes.

    Examples
    --------
    >>> PopulationMonteCarlo(n_components=4)
    PopulationMonteCarlo(n_components=4, n_stages=10, df=5.0, location=0.0, scale=3.0)
    """

    n_components: int = 8
    n_stages: int = 10
    df: float = 5.0
    location: Any = 0.0
    scale: Any = 3.0

    name: ClassVar[str] = "PopulationMonteCarlo"

    def __post_init__(self):
        checks.integer(self.n_components, "n_components", minimum=1)
        checked_start(self.location, self.scale, self.df, self.n_stages)

    def sample_target(self, target, *, draws, rng=None, normalized=False, num_threads=None, max_bytes=None):
        """`draws` weighted draws; see `Importance.sample_target`."""
        target, seed = as_target(target), rngs.seed_sequence(rng)
        draws = checks.integer(draws, "draws", minimum=2)
        checks.memory(
            draws * (2 * target.dim + self.n_stages + 8) * 8, max_bytes, what=f"{draws} weighted draws of {target.dim} coordinates", remedy="draw fewer"
        )
        fewest = 10 * self.n_stages * self.n_components
        if draws < fewest:
            raise ArgumentError(f"draws={draws} is too few for {self.n_stages} stages of {self.n_components} components; draw at least {fewest}")
        first = first_mixture(target, self.n_components, self.location, self.scale, self.df, seed)
        points, raw, history = run_stages(target, first, _em_step, draws=draws, n_stages=self.n_stages, rng=seed, num_threads=num_threads)
        return weighted_draws(points, raw, names=target.names, method=self, normalized=normalized, history=history)


def _em_step(mixture, reals, log_weights):
    """The mixture after one EM step on the weighted draws."""
    d, k = reals.shape[1], len(mixture.shares)
    if not log_weights.max() > -np.inf:
        return mixture
    weights = tempered(log_weights, DRAWS_PER_MOMENT * k * (d + 1))
    distances, logs = mixture.parts(reals)
    with np.errstate(divide="ignore"):
        joint = logs + np.log(mixture.shares)
    posterior = np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None]) * weights[:, None]
    shares = posterior.sum(axis=0)
    parts = [_component(mixture, c, reals, posterior[:, c], distances[:, c]) for c in range(k)]
    alive = np.maximum(shares, SMALLEST_SHARE / k)
    locations, scales = (np.ascontiguousarray(np.stack(column)) for column in zip(*parts, strict=True))
    return StudentMixture(alive / alive.sum(), locations, scales, mixture.df)


def _component(mixture, c, reals, posterior, distances):
    """Location and scale of component c after the step; as they were where hardly any draw belongs to it."""
    from statsim.kernels.importance.student import weighted_moments

    d = reals.shape[1]
    share = posterior.sum()
    effective = share**2 / (posterior**2).sum() if share > 0 else 0.0
    if effective < d + 2:
        return mixture.locations[c], mixture.scales[c]
    pull = posterior * (mixture.df + d) / (mixture.df + distances)
    location, scale = np.empty(d), np.empty((d, d))
    total = weighted_moments(reals, pull, location, scale)
    return location, usable_scale(scale * (total / share), mixture.scales[c])
