r"""Online EM: one step a batch, each row read once.

O. Cappé, E. Moulines, "On-line expectation-maximization algorithm for latent data models", JRSS B 71 (2009). The running statistics move towards those of
the batch by a share :math:`\gamma_t = (t + 2)^{-\alpha}`, and the parameters follow by the M step. The answer is an average of the parameters
(B. Polyak, A. Juditsky, SIAM J. Control 30, 1992) in which that after batch t counts t^2 times, so that the start is forgotten (O. Shamir, T. Zhang,
ICML 2013): in the limit its variance is 9/5 of that of maximum likelihood, for any :math:`\alpha` in (1/2, 1). This file knows no model.
"""

import time
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentTypeError
from statsim.estimators.climb import DegenerateError
from statsim.estimators.fit_result import FitResult
from statsim.estimators.mle import MLE

_FEWEST = 8  # batches from which it can be told whether the likelihood still rises
_CLEAR = 3.0  # standard errors


@dataclass(frozen=True)
class OnlineEM:
    """How to fit by online EM, to rows that come in batches.

    Parameters
    ----------
    batch_rows : int
        Rows of one step.
    decay : float
        The exponent of the step sizes, above 1/2 and at most 1; smaller forgets faster.
    n_passes : int
        Times the data are read; more than one helps with few rows. A path is of rows not seen before in the first pass only.
    average : bool
        Give the average of the states instead of the last, which is noisier but sooner free of a poor start.
    start : MLE
        The search for a start, on a sample of the rows: the first ones where they come only once.

    Examples
    --------
    >>> OnlineEM(decay=0.7).step_size(0).__round__(6)
    0.615572
    """

    batch_rows: int = 4096
    decay: float = 0.6
    n_passes: int = 1
    average: bool = True
    start: MLE = field(default_factory=MLE)

    name: ClassVar[str] = "online"

    def __post_init__(self):
        for name in ("batch_rows", "n_passes"):
            checks.integer(getattr(self, name), name, minimum=1)
        if not isinstance(self.start, MLE):
            raise ArgumentTypeError(f"start must be MLE(...), how a start is searched for, got {self.start!r:.100}")
        checks.real(self.decay, "decay", minimum=0.5, maximum=1.0, open_minimum=True, remedy="0.6 is a good choice")

    @property
    def max_rows(self):
        """Rows of the short runs of the start."""
        return self.start.max_rows

    def step_size(self, t):
        """The share of batch number `t` in the statistics."""
        return (t + 2.0) ** -self.decay

    def fit(self, steps, *, key, first=None):
        """The state after all batches, and the account.

        Parameters
        ----------
        steps : statsim.protocols.OnlineSteps
        key : ndarray (2,), uint64
            Key of the streams of the search for a start.
        first : state, optional
            Begin there.

        Returns
        -------
        OnlineState, FitResult
            The answer is `OnlineState.answer`.
        """
        began, found = time.perf_counter(), None
        if first is None:
            first, found = self.start.fit(steps.sample, key=key)
        online = self.begin(steps, first)
        for _ in range(self.n_passes):
            online = self.advance(steps, online)
        return online, self.account(steps, online, found=found, seconds=time.perf_counter() - began)

    def begin(self, steps, first):
        """`OnlineState` at the parameters `first`, before any batch."""
        return OnlineState(steps.statistics(first), first, first)

    def advance(self, steps, online):
        """`online` after one pass over the batches of `steps`."""
        path = list(online.path)
        for batch in steps.batches():
            value, weight, found = steps.expect(online.parameters, batch)
            path.append(value)
            online = self._step(steps, online, weight, found)
        return replace(online, path=tuple(path))

    def _step(self, steps, online, weight, found):
        full = online.full_weight or weight
        share = 1.0 - (1.0 - self.step_size(online.n_steps)) ** min(weight / full, 1.0)  # a batch cut short moves less
        statistics = steps.blend(online.statistics, found, share)
        parameters, n_withheld = online.parameters, online.n_withheld
        try:
            parameters = steps.maximise(statistics)
        except DegenerateError:
            n_withheld += 1
        n = online.n_steps + 1
        answer = steps.mixed(online.answer, parameters, 3.0 / (n + 2)) if self.average else parameters
        return replace(online, statistics=statistics, parameters=parameters, answer=answer, n_steps=n, full_weight=full, n_withheld=n_withheld)

    def account(self, steps, online, *, found=None, seconds=0.0):
        """`FitResult` of a state: the path is the mean log-likelihood of each batch before it was used."""
        settled, reason = _verdict(np.array(online.path))
        problems = () if settled else (f"not converged: {reason}; give more batches, raise n_passes, or use smaller batch_rows",)
        if online.n_withheld:
            problems = (*problems, f"the parameters could not follow the statistics after {online.n_withheld} of {online.n_steps} batches: a covariance was singular; use fewer components or larger batches")
        if defect := steps.defect(online.answer):
            problems = (*problems, f"{defect}; use fewer components or start again with another rng")
        path = np.array(online.path)
        result = FitResult(
            objective=float(path[-max(1, len(path) // 4) :].mean()), path=path, converged=settled and not problems, reason=reason, n_iter=online.n_steps, n_starts=1, n_agreed=1,
            n_spurious=0, regularised=False, seconds=seconds, warnings=problems, criterion="held-out log-likelihood of a row",
        )  # fmt: skip
        return result if found is None else replace(result, n_starts=found.n_starts, n_agreed=found.n_agreed, n_spurious=found.n_spurious)


@dataclass(frozen=True)
class OnlineState:
    """Where online EM stands: running statistics, the parameters they give, and their average, the answer.

    `full_weight` is the weight of the first batch, `path` the held-out log-likelihoods of a row, `n_withheld` the number of M steps left out.
    """

    statistics: Any
    parameters: Any
    answer: Any
    n_steps: int = 0
    full_weight: float = 0.0
    path: tuple = ()
    n_withheld: int = 0


def _verdict(path):
    """Whether the held-out log-likelihood rises no more, and that in words."""
    n = len(path)
    if n < _FEWEST:
        return False, f"{n} batch(es) are too few to tell whether the log-likelihood still rises"
    quarter = n // 4
    last, before = path[-quarter:], path[-2 * quarter : -quarter]
    rise, error = last.mean() - before.mean(), np.sqrt((last.var() + before.var()) / max(quarter - 1, 1))
    words = f"{rise:+.3g} +- {error:.2g} a row from the third quarter of the batches to the last"
    if rise > _CLEAR * error:
        return False, f"the held-out log-likelihood still rises ({words})"
    return True, f"the held-out log-likelihood rises no more ({words})"
