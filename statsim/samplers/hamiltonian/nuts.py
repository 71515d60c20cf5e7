r"""The No-U-Turn sampler.

Hoffman, Gelman (2014), JMLR 15; Betancourt (2017), arXiv:1701.02434. The transition is `statsim.kernels.hamiltonian.nuts_tree`, the
stages of warm-up are those of `statsim.samplers.chains.windows`, the metric is learned by `statsim.samplers.hamiltonian.metric`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.kernels.hamiltonian.step_size import restart_average, restart_dual
from statsim.samplers.hamiltonian.metric import METRICS, begin_metric, learn_metric, metric_of
from statsim.samplers.chains.windows import stages


@dataclass(frozen=True)
class NUTS:
    """No-U-Turn sampler: Hamiltonian trajectories as long as they need to be.

    Parameters
    ----------
    target_accept : float
        Mean acceptance that the step size is adapted to, in (0, 1); larger means smaller steps and fewer divergences. It is
        met within 0.03 here; programs with a default of 0.8 end at 0.84 to 0.90, which is why ours is 0.85.
    metric : {"diag", "dense", "low_rank", "unit"}
        What is learned about scales in warm-up: one scale for each coordinate, from draws and gradients; the full covariance
        (strong correlations, up to some hundred coordinates); scales and the few directions that differ most from them; nothing.
    max_depth : int
        At most 2^max_depth - 1 steps a draw.
    step_size : float, optional
        First step size; found by doubling when not given. With `adapt_step=False` it is used throughout.
    adapt_step : bool

    Examples
    --------
    >>> NUTS(target_accept=0.9)
    NUTS(target_accept=0.9, metric='diag', max_depth=10, step_size=None, adapt_step=True)
    """

    target_accept: float = 0.85
    metric: str = "diag"
    max_depth: int = 10
    step_size: float | None = None
    adapt_step: bool = True

    name: ClassVar[str] = "NUTS"
    needs_gradient: ClassVar[bool] = True
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (
        ("log_density", np.float64),
        ("excess_energy", np.float32),
        ("acceptance", np.float32),
        ("step_size", np.float32),
        ("tree_depth", np.int8),
        ("n_gradients", np.uint16),
        ("divergent", np.bool_),
    )

    def __post_init__(self):
        checks.real(self.target_accept, "target_accept", minimum=0.0, maximum=0.999, open_minimum=True)
        checks.choice(self.metric, "metric", METRICS)
        checks.integer(self.max_depth, "max_depth", minimum=1, maximum=15)
        if self.step_size is not None:
            checks.real(self.step_size, "step_size", minimum=0.0, open_minimum=True)

    def begin(self, chain, *, warmup):
        """Set the chain at its start, with a first metric and step."""
        from statsim.kernels.hamiltonian.nuts import work_space
        from statsim.kernels.targets.evaluate import value_at

        d = chain.initial.shape[1]
        point = np.stack([chain.initial[0], np.zeros(d)])
        value = value_at(chain.context, point[0], point[1], True)
        chain.state = {
            "random": chain.random,
            "point": point,
            "numbers": np.array([self.step_size or 1.0, value, 0.0]),
            "dual": np.zeros(5),
            **begin_metric(self.metric, point[1], warmup=warmup),
        }
        chain.work = work_space(d, self.max_depth)
        self._restart_step(chain, search=self.step_size is None)

    def edges(self, warmup):
        """Ends of the stages, and early looks at the scales."""
        if self.metric == "unit":
            return []
        first, ends = stages(warmup)
        return [*(range(first // 5, first, first // 5) if first >= 25 else []), first, *ends] if ends else []

    def at_edge(self, chain, iteration, *, warmup):
        """Learn the metric from the window that ends here; early, look for a step that suits it, later let it adapt."""
        first, _ = stages(warmup)
        if learn_metric(chain.state, self.metric):
            if iteration <= first:
                self._restart_step(chain, search=True)
            else:
                restart_average(chain.state["dual"])

    def advance(self, chain, *, warming, values, stats):
        """Run transitions; the step adapts in warm-up only."""
        from statsim.kernels.hamiltonian.nuts import advance_nuts

        state = chain.state
        target_accept = self.target_accept if warming and self.adapt_step else 0.0
        return advance_nuts(
            chain.context, metric_of(state), chain.random, state["point"], state["numbers"], state["dual"],
            state["moments"] if warming else state["moments"][:, :0], state["history"] if warming else state["history"][:0],
            self.max_depth, target_accept, chain.work, values[0], stats[0],
        )  # fmt: skip

    def end_warmup(self, chain):
        """From here on the averaged step is used."""
        if self.adapt_step and chain.state["dual"][1] > 0:
            chain.state["numbers"][0] = np.exp(chain.state["dual"][3])

    def _restart_step(self, chain, *, search):
        from statsim.kernels.hamiltonian.nuts import search_step

        if not self.adapt_step and self.step_size is not None:
            return
        state = chain.state
        if search:
            search_step(chain.context, metric_of(state), chain.random, state["point"], state["numbers"], self.target_accept, chain.work)
        restart_dual(state["dual"], state["numbers"][0])
