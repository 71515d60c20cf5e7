r"""Hamiltonian Monte Carlo with trajectories of a length drawn beforehand.

Duane, Kennedy, Pendleton, Roweth (1987), Phys. Lett. B 195; Neal (2011), Handbook of MCMC, chapter 5. The transition is
`statsim.kernels.hamiltonian.hmc`; metric, step size and the stages of warm-up are those of `NUTS`, which is asked for them.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.samplers.hamiltonian.metric import metric_of
from statsim.samplers.hamiltonian.nuts import NUTS


@dataclass(frozen=True)
class HMC:
    """Hamiltonian Monte Carlo: trajectories of a given length, jittered so that no period of the target is met every time.

    Parameters
    ----------
    trajectory : float
        Length of a trajectory, in units of time in which the target is about as wide as a standard normal once the metric is
        learned; about pi / 2 suits a normal.
    n_steps : int, optional
        Leapfrog steps of a trajectory instead of its length.
    jitter : float
        Each trajectory is a multiple of that length drawn uniformly from 1 - jitter to 1 + jitter; in [0, 1].
    target_accept : float
        Mean acceptance that the step size is adapted to, in (0, 1).
    metric : {"diag", "dense", "low_rank", "unit"}
        What is learned about scales in warm-up, as in `NUTS`.
    step_size : float, optional
        First step size; found by doubling when not given. With `adapt_step=False` it is used throughout.
    adapt_step : bool
    max_steps : int
        Most leapfrog steps of a trajectory.

    Examples
    --------
    >>> HMC(n_steps=20)
    HMC(trajectory=1.5, n_steps=20, jitter=0.5, target_accept=0.8, metric='diag', step_size=None, adapt_step=True, max_steps=1024)
    """

    trajectory: float = 1.5
    n_steps: int | None = None
    jitter: float = 0.5
    target_accept: float = 0.8
    metric: str = "diag"
    step_size: float | None = None
    adapt_step: bool = True
    max_steps: int = 1024

    name: ClassVar[str] = "HMC"
    needs_gradient: ClassVar[bool] = True
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (
        ("log_density", np.float64),
        ("excess_energy", np.float32),
        ("acceptance", np.float32),
        ("step_size", np.float32),
        ("n_gradients", np.int32),
        ("divergent", np.bool_),
    )

    def __post_init__(self):
        checks.real(self.trajectory, "trajectory", minimum=0.0, open_minimum=True)
        if self.n_steps is not None:
            checks.integer(self.n_steps, "n_steps", minimum=1)
        checks.real(self.jitter, "jitter", minimum=0.0, maximum=1.0)
        checks.integer(self.max_steps, "max_steps", minimum=1)
        tuning(self)

    def begin(self, chain, *, warmup):
        """Set the chain at its start, with a first metric and step."""
        tuning(self).begin(chain, warmup=warmup)

    def edges(self, warmup):
        """Ends of the stages of warm-up."""
        return tuning(self).edges(warmup)

    def at_edge(self, chain, iteration, *, warmup):
        """Learn the metric from the window that ends here."""
        tuning(self).at_edge(chain, iteration, warmup=warmup)

    def end_warmup(self, chain):
        """From here on the averaged step is used."""
        tuning(self).end_warmup(chain)

    def advance(self, chain, *, warming, values, stats):
        """Run trajectories; the step adapts in warm-up only."""
        in_steps = self.n_steps is not None
        path = float(self.n_steps if in_steps else self.trajectory), float(self.jitter), int(self.max_steps), in_steps
        return advance_trajectories(self, chain, path, 1, warming, values, stats)


def tuning(method):
    """The `NUTS` whose metric, step size and stages `method` shares."""
    return NUTS(
        target_accept=method.target_accept, metric=method.metric, max_depth=1, step_size=method.step_size, adapt_step=method.adapt_step
    )


def advance_trajectories(method, chain, path, repeats, warming, values, stats):
    """Draws of `repeats` trajectories each; `path` as in the kernel."""
    from statsim.kernels.hamiltonian.hmc import advance_hmc

    state = chain.state
    target_accept = float(method.target_accept) if warming and method.adapt_step else 0.0
    return advance_hmc(
        chain.context, metric_of(state), chain.random, state["point"], state["numbers"], state["dual"],
        state["moments"] if warming else state["moments"][:, :0], state["history"] if warming else state["history"][:0],
        path, repeats, target_accept, chain.work, values[0], stats[0],
    )  # fmt: skip
