r"""The Metropolis-adjusted Langevin algorithm.

Roberts, Tweedie (1996), Bernoulli 2; Roberts, Rosenthal (1998), JRSS B 60, for the acceptance of 0.574. It is Hamiltonian Monte Carlo with
trajectories of one step, and runs as such; metric, step size and the stages of warm-up are those of `NUTS`.
"""

from dataclasses import dataclass
from typing import ClassVar

from statsim import checks
from statsim.samplers.hamiltonian.hmc import HMC, advance_trajectories, tuning


@dataclass(frozen=True)
class MALA:
    """Metropolis-adjusted Langevin: a random walk that drifts along the gradient, shaped like the target.

    Parameters
    ----------
    target_accept : float
        Mean acceptance that the step size is adapted to, in (0, 1).
    metric : {"diag", "dense", "low_rank", "unit"}
        What is learned about scales in warm-up, as in `NUTS`.
    step_size : float, optional
        First step size; found by doubling when not given. With `adapt_step=False` it is used throughout.
    adapt_step : bool
    steps_per_draw : int
        Steps between two kept draws.

    Examples
    --------
    >>> MALA(metric="dense")
    MALA(target_accept=0.574, metric='dense', step_size=None, adapt_step=True, steps_per_draw=4)
    """

    target_accept: float = 0.574
    metric: str = "diag"
    step_size: float | None = None
    adapt_step: bool = True
    steps_per_draw: int = 4

    name: ClassVar[str] = "MALA"
    needs_gradient: ClassVar[bool] = True
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = HMC.statistics

    def __post_init__(self):
        checks.integer(self.steps_per_draw, "steps_per_draw", minimum=1)
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
        """Make draws; the step adapts in warm-up only."""
        return advance_trajectories(self, chain, (1.0, 0.0, 1, True), self.steps_per_draw, warming, values, stats)
