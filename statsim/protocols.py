"""The shared contracts: what a layer asks of another without knowing its classes."""

from typing import Any, Protocol

import numpy as np


class BlockFill(Protocol):
    """What a model gives to `statsim.blocks.fill_rows`: writes whole blocks of a data set."""

    def __call__(self, first_block: int, arrays: tuple[np.ndarray, ...]) -> None:
        """Fill `arrays`, whose rows are those of blocks `first_block`, `first_block + 1`, ...; called from several threads."""


class Method(Protocol):
    """How to fit: a frozen configuration object that a string such as "mle" names, and that owns the loop."""

    name: str

    def fit(self, steps: Any, *, key: np.ndarray, first: Any = None) -> tuple[Any, Any]:
        """The best state that `steps` finds no defect in, and the account of the search."""


class Steps(Protocol):
    """The steps that a model supplies to EM."""

    total_weight: float
    rounding: float
    """Error of the objective known to the model, beyond that of a sum of doubles."""

    def em(self, state: Any) -> tuple[float, Any]:
        """Objective at `state`, and the state after one EM step; raises `DegenerateError`."""

    def pack(self, state: Any) -> np.ndarray:
        """`state` as a vector of coordinates of order one."""

    def unpack(self, vector: np.ndarray) -> Any:
        """The state of a vector, or None when it is not a valid one."""


class SearchSteps(Steps, Protocol):
    """The steps that a model supplies to a search from many starts (`statsim.estimators.mle`)."""

    offset: float
    is_simple: bool
    is_crowded: bool
    """Many components and hardly the rows for them: a search whose first starts all fail will not find a usable optimum."""

    bound: float
    bound_reason: str
    remedy: str

    def reduced(self, max_rows: int, key: np.ndarray) -> "SearchSteps":
        """The same problem on a subsample; itself when there are no more rows than that."""

    def start(self, index: int, init: str, key: np.ndarray) -> Any:
        """State number `index` to begin at."""

    def moved(self, state: Any, index: int, key: np.ndarray) -> Any:
        """`state` with one component set down elsewhere."""

    def defect(self, state: Any) -> str | None:
        """Why `state` is no usable optimum, or None."""

    def levels(self) -> Any:
        """The problem unbounded, then under rising bounds."""


class OnlineSteps(Protocol):
    """The steps that a model supplies to online EM. Statistics are means over rows, so that they can be blended."""

    sample: Any
    """`SearchSteps` of a sample of the rows, for a start."""

    def batches(self) -> Any:
        """An iterator over the batches of one pass."""

    def statistics(self, state: Any) -> Any:
        """The statistics that rows drawn from `state` have on average."""

    def expect(self, state: Any, batch: Any) -> tuple[float, float, Any]:
        """Mean log-likelihood of a row, weight, and statistics of a batch at `state`."""

    def blend(self, old: Any, new: Any, share: float) -> Any:
        """Statistics of which `share` are `new`."""

    def maximise(self, statistics: Any) -> Any:
        """The state that statistics give; raises `DegenerateError`."""

    def mixed(self, old: Any, new: Any, share: float) -> Any:
        """A state of which `share` is `new`."""

    def defect(self, state: Any) -> str | None:
        """Why `state` is no usable optimum, or None."""


class AscentSteps(Protocol):
    """The steps of a problem with one optimum and a gradient; `loop` is "ascent". The start is the zero vector."""

    loop: str
    n_coordinates: int
    offset: float
    resolution: float

    def value_and_gradient(self, vector: np.ndarray) -> tuple[float, np.ndarray | None]:
        """Objective less `offset` and its gradient; minus infinity and None outside."""

    def from_vector(self, vector: np.ndarray) -> Any:
        """The state of a vector."""


class ClosedFormSteps(Protocol):
    """The steps of a problem with a formula; `loop` is "closed form"."""

    loop: str

    def solve(self) -> tuple[Any, float]:
        """The best state and its objective."""


class ClimbsSteps(Protocol):
    """The steps of a density of any form, climbed from several starts; `loop` is "climbs"."""

    loop: str

    def starts(self, count: int, key: np.ndarray) -> list:
        """Places to begin at: `count` drawn, or those that the user gave."""

    def climb(self, start: Any, *, max_iter: int, tol: float) -> Any:
        """The maximum reached (`value`, `result`), or None where there is none to be begun at."""


class ReweightingSteps(Protocol):
    """The steps of a concave problem that is a least-squares problem at each state; `loop` is "reweighting"."""

    loop: str

    def first(self) -> np.ndarray:
        """The vector to begin at."""

    def objective(self, vector: np.ndarray) -> float:
        """What is raised; minus infinity outside."""

    def step(self, vector: np.ndarray) -> tuple[np.ndarray, float]:
        """The step to the maximum of the least-squares problem, and the gain that it promises."""

    def finish(self, vector: np.ndarray, converged: bool) -> Any:
        """The state of a vector; raises `FitError` where there is no maximum, and says why."""


class MAPSteps(Protocol):
    """What `MAP` asks of a model's steps."""

    def regularised(self, prior: Any, penalty: Any) -> Any:
        """The steps of the objective plus the log prior less the penalty; the model's default prior where both are None.

        They carry `prior`, the prior used or None, and `criterion`, what their objective is called.
        """


class BayesSteps(Protocol):
    """What `Bayes` asks of a model's steps."""

    def posterior(self, prior: Any) -> Any:
        """The posterior law as a target for `statsim.samplers.sampling.sample`, `prior` None meaning the model's default.

        It has `prior`, the prior used; `default_method()`, what samples it when no sampler is named (`Exact()` where the posterior
        is known in closed form: then it has `exact_draws(n, key)`); names of coordinates that are the model's parameter names; and
        `shown(draws)`, which resolves what a sampler may not (labels that switch); where such draws would be judged wrongly, `judged(draws)`
        gives the quantities that are diagnosed instead.
        """


class NamedParameters(Protocol):
    """What standard errors, intervals and posterior scores ask of a fitted model."""

    parameter_names: tuple
    parameter_values: np.ndarray
    """(p,), in the order of the names."""
    parameter_supports: tuple
    """Sets of `statsim.samplers.supports` that cover them; standard errors, Wald and profile intervals need them."""

    def with_parameters(self, values: np.ndarray) -> Any:
        """The same model with other parameters (p,)."""

    def posterior_target(self, X: Any) -> Any:
        """Likelihood of X times prior density, both whole, as a `Target` with the attribute `prior`; marginal likelihoods need it."""


class VariationalSteps(Protocol):
    """What `VB` asks of a model's steps."""

    def variational(self, prior: Any) -> Any:
        """Steps of one of the loops whose objective is the lower bound of the evidence; they carry `prior`.

        Their state is a `VariationalLaw`, or they make one of it: `law_of(state)`.
        Steps whose law is automatic also take `family`, one of `statsim.estimators.automatic_variational.FAMILIES`.
        """


class VariationalLaw(Protocol):
    """A law of parameters that stands for the posterior."""

    names: tuple

    def sample(self, n: int, key: np.ndarray) -> np.ndarray:
        """Draws (n, p) in the coordinates of the model's parameters."""

    def log_weights(self, draws: np.ndarray) -> np.ndarray:
        """Log posterior (up to a constant) less log density of this law at draws (n, p)."""


class ChainMethod(Protocol):
    """A sampler that moves a chain: what `statsim.samplers.chains.run` asks of it. It owns no loop over chains, threads or warm-up.

    Everything a chain needs to go on stands in `chain.state`, a dict of arrays changed in place, so that a chain can be
    stopped anywhere, saved, and gone on with bit for bit. A method with `places_itself` True is given a chain at the origin, where the
    target was not asked, and finds the start in `begin`.
    """

    name: str
    needs_gradient: bool
    lanes: int
    """Draws that one chain makes at a time (walkers of an ensemble): each becomes a chain of the result."""
    statistics: tuple
    """(name, dtype) of each column of `stats`."""

    def begin(self, chain: Any, *, warmup: int) -> None:
        """Fill `chain.state` at the start `chain.initial` (lanes, reals), and `chain.work`, which is not saved."""

    def edges(self, warmup: int) -> list[int]:
        """Iterations of warm-up, rising, after which `at_edge` is called."""

    def at_edge(self, chain: Any, iteration: int, *, warmup: int) -> None:
        """Adapt between two stretches of warm-up."""

    def advance(self, chain: Any, *, warming: bool, values: np.ndarray, stats: np.ndarray) -> tuple[int, int]:
        """Fill values (lanes, n, dim) and stats (lanes, n, columns); (status, iterations done), status 1 where the target is
        wrong at `chain.state["point"][0]`."""


class Restricted(Protocol):
    """A model restricted to an event, what `model.where(...)` returns: what the samplers ask of it.

    A model need not offer all of it: one without `to_target` is drawn by rejection only.
    """

    dim: int
    names: tuple

    def candidates(self, key: np.ndarray) -> Any:
        """The function (block) -> (rows (1024, dim), accepted (1024,)) of the stream named by `key`: accepted rows have the law wanted."""

    def default_method(self) -> Any:
        """The method that `sample` uses when none is named."""

    def to_target(self) -> Any:
        """The density inside the event, for chains and weights; its `conditionals()` are what `Gibbs()` runs."""

    def shown(self, draws: Any) -> Any:
        """Draws of the target in the coordinates of rows."""
