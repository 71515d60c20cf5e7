r"""Coefficients of an exponential family of graphs under a prior: the mode by simulation, draws by the exchange algorithm.

The slope of the log posterior is :math:`s(g) - E_\theta s - (\theta - m) / \sigma^2`, its expectation taken over graphs drawn, and Newton's steps use their covariance (C. Geyer, E. Thompson,
JRSS B 54, 1992, with the prior's part added). The constant of the likelihood cancels in the exchange algorithm (I. Murray, Z. Ghahramani, D. MacKay, UAI 2006; A. Caimo, N. Friel, Social Networks 33,
2011): a graph drawn at the coefficients proposed stands for it. Both draw graphs by Gibbs chains, so they are right as far as those have settled.
"""

import time
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.distributions.priors import Independent, Normal
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.estimators.fit_result import FitResult
from statsim.kernels.streams import fill_uniform, seed_block
from statsim.models.graphs.graph_family import GraphStatistics
from statsim.models.graphs.monte_carlo_mle import Estimate, GraphChain, MonteCarloMLE, covariance_of_mean
from statsim.samplers.draws.draws import Draws
from statsim.samplers.draws.statistics import Statistics

_SCALE = 5.0  # of the default prior: coefficients of log odds
_REACH = 1.5  # standard errors that one step covers
_STREAM = 11
_CHAIN_BLOCK = 2**61


@dataclass(frozen=True, eq=False)
class CoefficientSteps:
    """The coefficients of one graph's statistics under `prior`, where there is one."""

    statistics: GraphStatistics
    simulation: MonteCarloMLE = MonteCarloMLE()
    prior: Independent | None = None

    loop = "own"
    criterion = "log posterior"

    def regularised(self, prior, penalty):
        """The steps of the posterior mode, under normal priors."""
        if penalty is not None:
            raise ArgumentError(f"penalty={penalty!r}: coefficients of graphs take a prior, such as statsim.priors.Normal(loc=0, scale=5); leave penalty out")
        prior = self._checked(prior)
        for term in self.statistics.terms:
            if not isinstance(prior.of(term), Normal):
                raise ArgumentTypeError(f"the prior of {term!r} is {prior.of(term)!r}, but the mode is found under statsim.priors.Normal; use it, or method='bayes'")
        return CoefficientSteps(self.statistics, self.simulation, prior)

    def posterior(self, prior):
        """The posterior, which `Exchange()` draws."""
        return CoefficientPosterior(CoefficientSteps(self.statistics, self.simulation, self._checked(prior)))

    def _checked(self, prior):
        terms = self.statistics.terms
        if prior is None or not isinstance(prior, (dict, Independent)):
            prior = {term: Normal(loc=0.0, scale=_SCALE) if prior is None else prior for term in terms}
        prior = Independent(prior) if isinstance(prior, dict) else prior
        prior.table(terms)
        return prior

    def climb(self, key):
        """The mode as an `Estimate`, and the account.

        Raises
        ------
        FitError
            When it is not found.
        """
        began, settings = time.perf_counter(), self.simulation
        loc = np.array([self.prior.of(term).loc for term in self.statistics.terms])
        precision = np.diag([self.prior.of(term).scale ** -2.0 for term in self.statistics.terms])
        chain, theta, lengths = GraphChain(settings, self.statistics, key), loc.copy(), []
        while len(lengths) < settings.max_iter and not (lengths and lengths[-1] < settings.tol):
            theta, length, _, _ = _newton(theta, self.statistics.observed, chain.draw(theta, settings.draws), loc, precision)
            lengths.append(length)
        theta, length, inverse, noise = _newton(theta, self.statistics.observed, chain.draw(theta, 4 * settings.draws), loc, precision)
        if lengths[-1] > 10 * settings.tol:
            raise FitError(f"after {settings.max_iter} simulations the coefficients still run, now at {theta.round(3).tolist()}; use fewer terms or a narrower prior")
        converged = lengths[-1] < settings.tol
        reason = "the last step was below the tolerance" if converged else f"max_iter={settings.max_iter} simulations were made"
        account = FitResult(
            objective=float("nan"), path=-np.array(lengths), converged=converged, reason=reason, n_iter=len(lengths), n_starts=1, n_agreed=1, n_spurious=0,
            regularised=False, seconds=time.perf_counter() - began, warnings=() if converged else (f"not converged: {reason}; raise max_iter or draws",),
        )  # fmt: skip
        return Estimate(theta, np.sqrt(np.diag(inverse)), np.sqrt(np.diag(inverse @ noise @ inverse)), loc), account


def _newton(theta, observed, drawn, loc, precision):
    """Better coefficients, the length of the step wanted in posterior standard deviations, the inverse curvature, and the error of the slope."""
    inverse = np.linalg.inv(np.atleast_2d(np.cov(drawn.T)) + precision)
    slope = observed - drawn.mean(axis=0) - precision @ (theta - loc)
    length = float(np.sqrt(slope @ inverse @ slope))
    return theta + inverse @ slope * min(1.0, _REACH / max(length, 1e-300)), length, inverse, covariance_of_mean(drawn)


@dataclass(frozen=True, eq=False)
class CoefficientPosterior:
    """The posterior of `CoefficientSteps` as a target."""

    steps: CoefficientSteps

    @property
    def prior(self):
        """The prior used."""
        return self.steps.prior

    @property
    def names(self):
        """Of the coefficients."""
        return tuple(self.steps.statistics.terms)

    def default_method(self):
        """The exchange algorithm."""
        return Exchange()

    def shown(self, draws):
        """As they are."""
        return draws


@dataclass(frozen=True)
class Exchange:
    """How `Bayes(sampler=...)` draws the coefficients of an exponential family of graphs.

    Parameters
    ----------
    chains : int
        The draws wanted are shared by them.
    warmup : int
        Moves of each before the kept ones; the first half sets the spread of proposals.
    thin : int
        Moves for each draw.
    sweeps : int
        Passes over all pairs, from the graph seen, that make a graph at the coefficients proposed.

    Examples
    --------
    >>> Exchange(thin=5).sweeps
    50
    """

    chains: int = 4
    warmup: int = 500
    thin: int = 5
    sweeps: int = 50

    name: ClassVar[str] = "Exchange"

    def __post_init__(self):
        for name in ("chains", "thin", "sweeps"):
            checks.integer(getattr(self, name), name, minimum=1)
        checks.integer(self.warmup, "warmup", minimum=0)

    def sample_target(self, target, *, draws, rng=None):
        """Chains on a `CoefficientPosterior`; called by `sample`."""
        if not isinstance(target, CoefficientPosterior):
            raise ArgumentTypeError(f"Exchange() draws coefficients of families of graphs, and {target!r:.100} are none; use NUTS()")
        key, chains = rngs.stream_key(rng, rngs.Purpose.SAMPLER, _STREAM), self.chains if draws % self.chains == 0 else 1
        kept = [_chain(target.steps, self, key, number, draws // chains) for number in range(chains)]
        accepted = np.array([[share] * (draws // chains) for _, share in kept])
        return Draws(np.stack([values for values, _ in kept]), Statistics({"acceptance": accepted}), target.names, self)


def _chain(steps, method, key, number, draws):
    """Draws (draws, q) of chain `number`, and the share of moves taken."""
    statistics, random = steps.statistics, np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(_CHAIN_BLOCK + number), random)
    q, moves = len(statistics.terms), method.warmup + draws * method.thin
    normals, logs = _variates(random, moves, q)
    theta, root = _place(steps)
    log_prior = steps.prior.log_density(statistics.terms, theta)
    past, kept, taken = [], np.empty((draws, q)), 0
    for t in range(moves):
        proposed = theta + root @ normals[t]
        seen = statistics.recorded(random, proposed, statistics.adjacency.copy(), method.sweeps, 1, 1)[0]
        fresh = steps.prior.log_density(statistics.terms, proposed)
        if logs[t] < (proposed - theta) @ (statistics.observed - seen) + fresh - log_prior:
            theta, log_prior, taken = proposed, fresh, taken + (t >= method.warmup)
        if t < method.warmup:
            past.append(theta)
            if t + 1 == method.warmup // 2 and t > 20 * q:
                root = _spread(past[len(past) // 2 :], root)
        elif (t + 1 - method.warmup) % method.thin == 0:
            kept[(t - method.warmup) // method.thin] = theta
    return kept, taken / (draws * method.thin)


def _variates(random, moves, q):
    """Standard normals (moves, q) and log uniforms (moves,)."""
    from scipy.special import ndtri

    uniforms = np.empty(moves * (q + 1))
    fill_uniform(random, uniforms)
    uniforms = (uniforms + 2.0**-54).reshape(moves, q + 1)
    return ndtri(uniforms[:, :q]), np.log(uniforms[:, q])


def _place(steps):
    """Where chains begin, and the factor (q, q) of their first proposals: the mode under normal priors of the default spread."""
    mode: Any = CoefficientSteps(steps.statistics, MonteCarloMLE(draws=200, burn_in=50, tol=0.3)).regularised(None, None)
    try:
        estimate = mode.climb(np.array([1, 2], np.uint64))[0]
    except FitError:
        return np.zeros(len(steps.statistics.terms)), 0.3 * np.eye(len(steps.statistics.terms))
    return estimate.theta, np.diag(2.4 / np.sqrt(len(estimate.theta)) * np.minimum(estimate.standard_errors, _SCALE))


def _spread(past, root):
    """The factor of proposals from the spread of a chain; the one there was where it hardly moved."""
    covariance = np.atleast_2d(np.cov(np.array(past).T))
    try:
        return 2.4 / np.sqrt(len(root)) * np.linalg.cholesky(covariance + 0.01 * root @ root.T)
    except np.linalg.LinAlgError:
        return root
