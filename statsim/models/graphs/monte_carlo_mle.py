r"""Monte Carlo maximum likelihood of an exponential family of graphs.

C. Geyer, E. Thompson, "Constrained Monte Carlo maximum likelihood for dependent data", JRSS B 54 (1992): with graphs drawn at theta_0,
:math:`\ell(\theta) - \ell(\theta_0) \approx (\theta - \theta_0) \cdot s - \log \frac1m \sum_k e^{(\theta - \theta_0) \cdot s_k}`, maximised by Newton's
steps. Far from the optimum the observed statistics are moved towards the mean of those drawn, so that they lie among them:
R. Hummel, D. Hunter, M. Handcock, JCGS 21 (2012). It begins at the maximum of the pseudo-likelihood (D. Strauss, M. Ikeda, JASA 85, 1990).
"""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.errors import FitError
from statsim.estimators.fit_result import FitResult
from statsim.kernels.streams import seed_block
from statsim.models.graphs.pseudo_likelihood import maximum_pseudo_likelihood

_REACH = 1.5  # Mahalanobis distance that one step of the mean covers
_BATCHES = 32


@dataclass(frozen=True)
class Estimate:
    """Coefficients (q,) of a fit, their standard errors, what the simulation adds to them, and where the search began."""

    theta: np.ndarray
    standard_errors: np.ndarray
    monte_carlo_errors: np.ndarray
    start: np.ndarray


@dataclass(frozen=True)
class MonteCarloMLE:
    """How to fit an exponential family of graphs.

    Parameters
    ----------
    draws : int
        Graphs of each simulation; the last has four times as many.
    thin, burn_in : int
        Sweeps between kept graphs, and before the first.
    max_iter : int
        Simulations.
    tol : float
        The search ends when a step is below this, in standard errors.

    Examples
    --------
    >>> MonteCarloMLE(draws=4000).draws
    4000
    """

    draws: int = 1500
    thin: int = 4
    burn_in: int = 200
    max_iter: int = 60
    tol: float = 0.1

    name: ClassVar[str] = "mcmle"

    def __post_init__(self):
        for name in ("thin", "max_iter"):
            checks.integer(getattr(self, name), name, minimum=1)
        checks.integer(self.draws, "draws", minimum=2 * _BATCHES)
        checks.integer(self.burn_in, "burn_in", minimum=0)
        checks.real(self.tol, "tol", minimum=0.0, open_minimum=True)

    def fit(self, statistics, *, key, first=None):
        """The estimate, and the account of the search.

        Parameters
        ----------
        statistics : GraphStatistics
        key : ndarray (2,), uint64
        first : ndarray (q,), optional
            Where to begin instead of the pseudo-likelihood's maximum.

        Raises
        ------
        FitError
            When there is no maximum, or the model is degenerate.
        """
        began = time.perf_counter()
        require_interior(statistics)
        start = _start(statistics) if first is None else np.asarray(first, np.float64)
        chain, theta, steps, converged = GraphChain(self, statistics, key), start, [], False
        while len(steps) < self.max_iter and not converged:
            drawn = chain.draw(theta, self.draws)
            if not steps and _hardly_differ(drawn):  # all complete, say: the likelihood may have a maximum elsewhere all the same
                theta, drawn = chain.restarted(self.draws)
            theta, step, inside = improved(theta, statistics.observed, drawn, statistics.terms)
            steps.append(step)
            converged = inside and step < self.tol
        final = chain.draw(theta, 4 * self.draws)
        theta, _, inside = improved(theta, statistics.observed, final, statistics.terms)
        converged = converged and inside
        if not inside or (not converged and steps[-1] > 10 * self.tol):
            raise FitError(_no_maximum(statistics, f"after {self.max_iter} simulations the coefficients still run, now at {theta.round(3).tolist()}"))
        information = np.atleast_2d(np.cov(final.T))
        inverse = np.linalg.inv(information)
        noise = covariance_of_mean(final)
        reason = "the last step was below the tolerance" if converged else f"max_iter={self.max_iter} simulations were made"
        account = FitResult(
            objective=float("nan") if not np.isfinite(steps[-1]) else float(-steps[-1]), path=-np.array(steps), converged=converged, reason=reason,
            n_iter=len(steps), n_starts=1, n_agreed=1, n_spurious=0, regularised=False, seconds=time.perf_counter() - began,
            warnings=() if converged else (f"not converged: {reason}; raise max_iter or draws",),
        )  # fmt: skip
        return Estimate(theta, np.sqrt(np.diag(inverse)), np.sqrt(np.diag(inverse @ noise @ inverse)), start), account


def _start(statistics):
    """The maximum of the pseudo-likelihood; where it has none, though the likelihood may, independent edges of the graph's density."""
    try:
        return maximum_pseudo_likelihood(statistics)
    except FitError:
        return _independent(statistics)


def _independent(statistics):
    """Coefficients (q,) of independent edges of the graph's density."""
    n, theta = len(statistics.adjacency), np.zeros(len(statistics.terms))
    density = statistics.adjacency.sum() / (n * (n - 1))
    if "edges" in statistics.terms and 0.0 < density < 1.0:
        theta[statistics.terms.index("edges")] = np.log(density / (1.0 - density))
    return theta


def _hardly_differ(drawn):
    """Whether the statistics drawn (m, q) are all but one and the same, or say the same twice."""
    covariance = np.atleast_2d(np.cov(drawn.T))
    return not np.all(np.diag(covariance) > 0) or np.linalg.cond(_scaled(covariance)) > 1e12


class GraphChain:
    """A Gibbs chain of graphs that goes on from one simulation to the next, begun at the observed graph."""

    def __init__(self, method, statistics, key):
        self.method, self.statistics = method, statistics
        self.random, self.adjacency = np.empty(4, np.uint64), statistics.adjacency.copy()
        seed_block(key[0], key[1], np.uint64(0), self.random)

    def draw(self, theta, count):
        """Statistics (count, q) of graphs drawn at theta."""
        return self.statistics.recorded(self.random, theta, self.adjacency, self.method.burn_in, self.method.thin, count)

    def restarted(self, count):
        """Coefficients of independent edges, and the statistics of graphs drawn there from the observed graph on."""
        self.adjacency[:] = self.statistics.adjacency
        theta = _independent(self.statistics)
        return theta, self.draw(theta, count)


def improved(theta, observed, drawn, terms):
    """(better coefficients, length of the step in standard errors, whether the observed statistics lay among those drawn).

    Raises
    ------
    FitError
        When the graphs drawn hardly differ: the model is degenerate there.
    """
    covariance = np.atleast_2d(np.cov(drawn.T))
    if _hardly_differ(drawn):
        raise FitError(
            f"the model is degenerate at {dict(zip(terms, theta.round(3).tolist(), strict=True))}: the graphs drawn there hardly differ in {', '.join(terms)} "
            f"(nearly empty or complete, or terms that say the same); use fewer terms"
        )
    gap = observed - drawn.mean(axis=0)
    distance = float(np.sqrt(gap @ np.linalg.solve(covariance, gap)))
    inside = distance <= _REACH
    goal = observed if inside else drawn.mean(axis=0) + gap * (_REACH / distance)
    step = _geyer_thompson(goal, drawn, covariance)
    return theta + step, float(np.sqrt(step @ covariance @ step)), inside


def _scaled(covariance):
    sd = np.sqrt(np.diag(covariance))
    return covariance / np.outer(sd, sd)


def _geyer_thompson(goal, drawn, covariance):
    """The step (q,) from the coefficients of the draws that makes their weighted mean the goal."""
    step = np.zeros(len(goal))
    for _ in range(50):
        logs = drawn @ step
        weights = np.exp(logs - logs.max())
        weights /= weights.sum()
        mean = weights @ drawn
        spread = (drawn * weights[:, None]).T @ drawn - np.outer(mean, mean)
        if 1.0 / np.sum(weights**2) < 0.05 * len(drawn) or np.linalg.cond(_scaled(spread)) > 1e12:
            return np.linalg.solve(covariance, goal - drawn.mean(axis=0))  # too far for weights: one plain step
        move = np.linalg.solve(spread, goal - mean)
        step = step + move
        if np.sqrt(move @ covariance @ move) < 1e-8:
            break
    return step


def covariance_of_mean(drawn):
    """Covariance (q, q) of the mean of correlated draws, by batch means."""
    size = len(drawn) // _BATCHES
    means = drawn[: size * _BATCHES].reshape(_BATCHES, size, -1).mean(axis=1)
    return np.atleast_2d(np.cov(means.T)) / _BATCHES


def require_interior(statistics):
    """Refuse a graph whose statistic is the least or the largest that any graph has: the likelihood then rises for ever.

    Raises
    ------
    FitError
    """
    n = len(statistics.adjacency)
    for term, count, most in zip(statistics.terms, statistics.observed, statistics.most, strict=True):
        if count in (0.0, most):
            what = "the least" if count == 0.0 else "the most"
            raise FitError(_no_maximum(statistics, f"the graph has {count:g} {term.replace('_', '-')}, {what} that a graph of {n} nodes can have"))


def _no_maximum(statistics, why):
    others = [term for term in statistics.terms if term != statistics.terms[-1]]
    return f"there is no maximum of the likelihood for the terms {statistics.terms}: {why}; leave the term out (for instance terms={tuple(others) or ('edges',)}) or give another graph"
