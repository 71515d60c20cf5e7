"""Draws of chains agree with known or reference moments and quantiles: one verdict, at one false-alarm rate.

Each statement is about the mean of one column: x for the mean, (x - mean)^2 for the variance, and x <= q for the quantile q. Its
distance from the truth in standard errors, sd / sqrt(effective size) of the column together with the error of the reference, follows
about Student's t: by Sokal (1997), Monte Carlo Methods in Statistical Mechanics, section 3, the squared error summed over a window
of M lags of N draws has a relative variance 2 (2 M + 1) / N, and Geyer's window takes fewer than 5 autocorrelation times, so
N / (2 M + 1) is at least a tenth of the effective size. A skewed column widens the law (Jing, Shao, Wang 2003, Ann. Probab. 31).
Negatively correlated draws count as independent ones.
"""

from dataclasses import dataclass, field

import numpy as np

from statsim import metrics
from statsim.testing.laws.beta import student_two_sided
from statsim.testing.laws.gaussian import shrink
from statsim.testing.verdict import ALPHA, Verdict, settle, together

DRAWS_PER_DEGREE = 10.0


@dataclass(frozen=True)
class Truth:
    """What is known of k quantities; None says nothing.

    Attributes
    ----------
    mean, sd : array (k,) or None
    quantiles : dict of probability to array (k,)
    mean_error, sd_error : array (k,)
        Standard errors of a reference that was itself drawn.
    size : array (k,)
        Its effective number of draws, for quantiles.
    """

    mean: np.ndarray | None = None
    sd: np.ndarray | None = None
    quantiles: dict = field(default_factory=dict)
    mean_error: np.ndarray | float = 0.0
    sd_error: np.ndarray | float = 0.0
    size: np.ndarray | float = np.inf


def assert_agrees(values, truth, *, alpha=ALPHA):
    """Assert that draws (chain, draw, k) agree with a `Truth`."""
    statements = list(_statements(np.asarray(values), truth))
    share = alpha / len(statements)
    return settle(together("moments and quantiles of chains", [_judge(*statement, share) for statement in statements], alpha))


def _statements(values, truth):
    """(words, column (chain, draw), its mean, error of that, sd of the column or None)."""
    k = values.shape[2]
    mean_error, sd_error, size = (np.broadcast_to(part, k) for part in (truth.mean_error, truth.sd_error, truth.size))
    for i in range(k):
        x = values[:, :, i]
        if truth.mean is not None:
            yield f"mean of quantity {i}", x, truth.mean[i], mean_error[i], None
        if truth.sd is not None:
            yield f"variance of quantity {i}", (x - x.mean()) ** 2, truth.sd[i] ** 2, 2.0 * truth.sd[i] * sd_error[i], None
        for p, quantile in truth.quantiles.items():
            spread = np.sqrt(p * (1.0 - p))
            yield f"probability of quantile {p:g} of quantity {i}", (x <= quantile[i]).astype(float), p, spread / np.sqrt(size[i]), spread


def _judge(words, column, expected, error, sd, alpha):
    size = min(float(metrics.ess_mean(column)), column.size)
    size = size if np.isfinite(size) else 1.0  # a column that never changes
    spread = float(column.std(ddof=1))
    skewness = float(np.mean((column - column.mean()) ** 3)) / spread**3 if sd is None else 0.0
    one = float(np.hypot((spread if sd is None else sd) / np.sqrt(size), error))
    z = shrink((column.mean() - expected) / one, size, abs(skewness) / 3.0)
    return Verdict(
        law=f"{words}: {expected:.6g}, Student's t",
        statistic_name="estimate",
        statistic=float(column.mean()),
        p_value=min(1.0, student_two_sided(z, max(size / DRAWS_PER_DEGREE, 1.0))),
        alpha=alpha,
        n=int(size),
        detects=11.0 * one,
        effect="an error in this mean",
    )
