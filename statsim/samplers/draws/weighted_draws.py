r"""Weighted draws, what importance sampling and sequential Monte Carlo return.

Self-normalised estimates :math:`\hat\mu = \sum W_i f(x_i)` with the standard error of the delta method,
:math:`\sqrt{\sum_g (\sum_{i \in g} W_i (f(x_i) - \hat\mu))^2}` (Owen, Monte Carlo theory, methods and examples, chapter 9); g are the independent draws,
or where draws share ancestors or a run, these groups. Judged by Pareto k-hat (Vehtari et al. 2024, JMLR 25).
"""

import warnings
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, SamplerError, SamplerWarning
from statsim.metrics.chains.pareto import pareto_k_limit, pareto_smooth
from statsim.samplers.draws.draws import Draws
from statsim.samplers.draws.statistics import Statistics
from statsim.samplers.draws.estimate import Estimate
from statsim.samplers.importance.resampling import resample

REMEDY = (
    "the proposal misses part of the target: use one with heavier tails or wider scale, a list of proposals that together cover it, "
    "an adaptive one (AMIS()), or SMC()"
)


FEWEST_GROUPS = 10  # ancestors with descendants; fewer say nothing about the spread
_OF_DRAWS = {"summary", "problems", "to_frame", "to_datatree", "save", "stats", "warmup"}


@dataclass(frozen=True)
class WeightedDraws:
    """Draws with weights.

    Attributes
    ----------
    values : ndarray (n, dim)
    log_weights : ndarray (n,)
        Normalised (their exponentials sum to 1), the largest Pareto-smoothed; what estimates use.
    raw_log_weights : ndarray (n,)
        Log of target over proposal, as computed.
    pareto_k : float
        Shape of the tail of the weights; NaN where they do not come from a ratio of densities (SMC).
    log_normalizer : Estimate
        Log of the integral of the target, from the raw weights, whose mean is unbiased, with its standard error.
    normalized : bool
        The target integrates to 1, and estimates are plain averages of f times the raw weight.
    groups : ndarray (n,) of int64 or None
        Draws with the same number depend on each other.
    names : tuple of str
    method : object
    history : tuple of dict
        What each stage of an adaptive method did.
    """

    values: np.ndarray
    log_weights: np.ndarray
    raw_log_weights: np.ndarray
    pareto_k: float
    log_normalizer: Estimate
    names: tuple
    method: object = None
    normalized: bool = False
    groups: np.ndarray | None = None
    history: tuple = ()

    @property
    def weights(self):
        """Normalised weights (n,)."""
        return np.exp(self.log_weights)

    @property
    def effective_sample_size(self):
        """1 / sum of the squared weights (Kong 1992): independent draws of the target with the same variance, roughly."""
        return float(1.0 / (self.weights**2).sum())

    @property
    def pareto_k_limit(self):
        """Estimates are reliable where `pareto_k` is below it."""
        return pareto_k_limit(max(len(self.values), 2))

    def mean(self, f=None):
        """Expectation of f under the target.

        Parameters
        ----------
        f : callable, optional
            Maps the points (n, dim) to (n,) or (n, m) numbers; default the points themselves.

        Returns
        -------
        Estimate
            Of a number, or of arrays (m,).

        Raises
        ------
        SamplerError
            When k-hat is 1 or more: the mean of such weights does not exist as far as the draws can tell.
        """
        return self._expect(self.values if f is None else _values_of(f, self.values))

    def probability(self, predicate):
        """Probability of a set under the target.

        Parameters
        ----------
        predicate : callable
            Maps the points (n, dim) to (n,) booleans.

        Returns
        -------
        Estimate

        Raises
        ------
        ArgumentError
            When the predicate does not return booleans.
        SamplerError
            As `mean`.
        """
        inside = np.asarray(predicate(self.values))
        if inside.dtype != np.bool_ or inside.shape != (len(self.values),):
            raise ArgumentError(f"predicate must return ({len(self.values)},) booleans, got shape {inside.shape} of dtype {inside.dtype}")
        return self._expect(inside.astype(np.float64))

    def __getattr__(self, name):
        hint = "; draws without weights have it: resample(n) makes them" if name in _OF_DRAWS else ""
        raise AttributeError(f"WeightedDraws has no {name!r}{hint}")

    def resample(self, n=None, *, method="systematic", rng=None):
        """Draws of equal weight.

        Parameters
        ----------
        n : int, optional
            Default: the effective sample size, rounded down.
        method : {"systematic", "stratified", "residual", "multinomial"}
        rng : None, int, SeedSequence or Generator

        Returns
        -------
        Draws
            One chain, in the order of the points; `stats["source"]` says which point each one repeats.

        Raises
        ------
        SamplerError
            As `mean`.
        """
        self._require_mean(self.pareto_k)
        n = max(1, int(self.effective_sample_size)) if n is None else checks.integer(n, "n", minimum=0)
        chosen = resample(self.weights, n, method=method, rng=rng)
        stats = Statistics({"source": chosen[None], "raw_log_weight": self.raw_log_weights[chosen][None]})
        return Draws(self.values[chosen][None], stats, self.names, self.method)

    def __repr__(self):
        n, dim = self.values.shape
        tail = "" if np.isnan(self.pareto_k) else f", pareto_k={self.pareto_k:.2f}"
        return f"WeightedDraws({n} draws of {dim} coordinates, effective_sample_size={self.effective_sample_size:.1f}{tail})"

    def _expect(self, values):
        """Estimate of the mean of values (n,) or (n, m)."""
        table = values.reshape(len(values), -1)
        mean, error = self._unnormalised(table) if self.normalized else self._self_normalised(table)
        return Estimate(float(mean[0]), float(error[0])) if values.ndim == 1 else Estimate(mean, error)

    def _self_normalised(self, table):
        self._require_mean(self.pareto_k)
        weights = self.weights[:, None]
        used = np.where(weights > 0, table, 0.0)  # what has no weight may be infinite
        mean = (weights * used).sum(axis=0)
        return mean, _group_error(weights * (used - mean), self.groups)

    def _unnormalised(self, table):
        """The plain average of f w, with the tail judged for each f."""
        raw = np.exp(self.raw_log_weights)[:, None]
        terms = np.where(raw > 0, raw * np.where(raw > 0, table, 0.0), 0.0)
        for column in terms.T:
            self._require_mean(_shape_of(np.abs(column)))
        mean = terms.mean(axis=0)
        return mean, _group_error((terms - mean) / len(terms), self.groups)

    def _require_mean(self, k):
        if k == np.inf:
            raise SamplerError(f"no mean can be given: fewer than 5 of the largest weights are positive, too few to judge; draw more, or {REMEDY}")
        if k >= 1:
            raise SamplerError(f"no mean can be given: the Pareto k-hat of the weights is {k:.2f}, and from 1 on their mean does not exist; {REMEDY}")


def weighted_draws(values, raw, *, names, method, normalized=False, history=()):
    """Weighted draws from independent draws and the log ratios (n,) of target and proposal; warns where the tail is heavy.

    Raises
    ------
    SamplerError
        When no draw lies where the target is positive.
    """
    if not np.max(raw, initial=-np.inf) > -np.inf:
        raise SamplerError(f"the target has density zero at all {len(raw)} draws of the proposal; choose a proposal that covers it, or SMC()")
    smoothed = pareto_smooth(raw)
    if not normalized and smoothed.k_hat > smoothed.limit:
        warnings.warn(
            f"the Pareto k-hat of the weights is {smoothed.k_hat:.2f}, above {smoothed.limit:.2f}: estimates may be far off, and their "
            f"standard errors too small; {REMEDY}",
            SamplerWarning,
            stacklevel=4,
        )
    return WeightedDraws(
        values, smoothed.log_weights, raw, smoothed.k_hat, log_mean_exp(raw), tuple(names), method, normalized, None, tuple(history)
    )


def log_mean_exp(logs):
    """Log of the mean of the exponentials of independent logs (n,), with the standard error of the delta method."""
    top = logs.max()
    scaled = np.exp(logs - top)
    mean = scaled.mean()
    return Estimate(float(top + np.log(mean)), float(scaled.std(ddof=1) / mean / np.sqrt(len(logs))))


def _group_error(terms, groups):
    """Standard error of the sums over rows of terms (n, m), whose rows are independent, or their groups are.

    NaN where fewer than two groups are there, or where fewer than ten ancestors of many have descendants.
    """
    count = alive = len(terms)
    if groups is not None:
        count, alive = int(groups.max()) + 1, len(np.unique(groups))
        sums = np.zeros((count, terms.shape[1]))
        np.add.at(sums, groups, terms)
        terms = sums
    if count < 2 or alive < min(count, FEWEST_GROUPS):
        return np.full(terms.shape[1], np.nan)
    return np.sqrt((terms**2).sum(axis=0) * count / (count - 1))


def _shape_of(sizes):
    """k-hat of sizes (n,) that are not negative; minus infinity where all are zero."""
    if not sizes.max() > 0:
        return -np.inf
    with np.errstate(divide="ignore"):
        k = pareto_smooth(np.log(sizes)).k_hat
    return -np.inf if np.isinf(k) else k  # too few to judge: the standard error says so


def _values_of(f, points):
    values = np.asarray(f(points), np.float64)
    if values.ndim not in (1, 2) or len(values) != len(points):
        raise ArgumentError(f"f must map the points {points.shape} to one row each, ({len(points)},) or ({len(points)}, m); got shape {values.shape}")
    return values
