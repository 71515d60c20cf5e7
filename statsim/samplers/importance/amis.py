r"""Adaptive multiple importance sampling (Cornuet, Marin, Mira, Robert 2012, Scandinavian Journal of Statistics 39).

A Student proposal in unconstrained coordinates takes over mean and covariance of the weighted draws of all stages so far; every
draw counts in the end, weighted by the mixture of all stages.
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

DRAWS_PER_MOMENT = 5  # effective draws for each free number of a covariance, below which weights are tempered for learning


@dataclass(frozen=True)
class AMIS:
    """Adaptive multiple importance sampling with one Student law: for targets with one mode.

    Parameters
    ----------
    n_stages : int
        Times that draws are made; the proposal learns after each but the last.
    df : float
        Degrees of freedom of the proposal, above 0; above 2 for a covariance to be matched.
    location : float or array (reals,)
        Centre of the first proposal, in unconstrained coordinates.
    scale : float or array (reals,)
        Its scale; rather too wide than too narrow.

    Examples
    --------
    >>> AMIS(n_stages=5)
    AMIS(n_stages=5, df=5.0, location=0.0, scale=3.0)
    """

    n_stages: int = 10
    df: float = 5.0
    location: Any = 0.0
    scale: Any = 3.0

    name: ClassVar[str] = "AMIS"

    def __post_init__(self):
        checked_start(self.location, self.scale, self.df, self.n_stages)

    def sample_target(self, target, *, draws, rng=None, normalized=False, num_threads=None, max_bytes=None):
        """`draws` weighted draws; see `Importance.sample_target`."""
        target, seed = as_target(target), rngs.seed_sequence(rng)
        draws = checks.integer(draws, "draws", minimum=2)
        checks.memory(
            draws * (2 * target.dim + self.n_stages + 8) * 8, max_bytes, what=f"{draws} weighted draws of {target.dim} coordinates", remedy="draw fewer"
        )
        if draws < 10 * self.n_stages:
            raise ArgumentError(f"draws={draws} is too few for {self.n_stages} stages; draw at least {10 * self.n_stages}, or use fewer stages")
        first = first_mixture(target, 1, self.location, self.scale, self.df, seed)
        points, raw, history = run_stages(target, first, _match_moments, draws=draws, n_stages=self.n_stages, rng=seed, num_threads=num_threads)
        return weighted_draws(points, raw, names=target.names, method=self, normalized=normalized, history=history)


def _match_moments(mixture, reals, log_weights):
    """The Student law with mean and covariance of the weighted draws."""
    from statsim.kernels.importance.student import weighted_moments

    d = reals.shape[1]
    if not log_weights.max() > -np.inf:
        return mixture
    mean, covariance = np.empty(d), np.empty((d, d))
    weighted_moments(reals, tempered(log_weights, DRAWS_PER_MOMENT * (d + 1)), mean, covariance)
    scale = covariance * ((mixture.df - 2) / mixture.df if mixture.df > 2 else 1.0)
    return StudentMixture(mixture.shares, mean[None], usable_scale(scale, mixture.scales[0])[None], mixture.df)
