"""A sample follows a fully stated law: by its distribution function, or by the probabilities of its values."""

import math
from collections.abc import Mapping

import numpy as np

from statsim.errors import ArgumentError
from statsim.testing.inputs import as_draws, check_alpha
from statsim.testing.laws import binomial, entropy, kolmogorov
from statsim.testing.verdict import ALPHA, BETA, Verdict, require_power, settle, together

_CDF_EFFECT = "an error in the distribution function"
_TV_EFFECT = "a total-variation error"
_CELL_EFFECT = "an error in the probability of this value"


def assert_follows(sample, law, *, alpha=ALPHA, detects=None):
    r"""Assert that independent draws follow a law.

    Null laws, both bounds that hold for every n:

    - a distribution function: :math:`P(\sup |F_n - F| \ge d) \le 2 e^{-2 n d^2}` (Dvoretzky, Kiefer, Wolfowitz; Massart's
      constant), for laws with atoms too;
    - probabilities of values: half of alpha for the relative entropy of all cells (Agrawal's bound), half for the exact
      binomial law of each cell (shared equally).

    Parameters
    ----------
    sample : array (n,)
        Real draws for a distribution function; labels or integers for probabilities.
    law : callable, mapping or array (k,)
        Distribution function on arrays; or probabilities by value; or the probabilities of 0..k-1. What is missing to 1
        belongs to all other values together.
    alpha : float
        False-alarm rate.
    detects : float, optional
        Largest error of the distribution function, or total-variation error of the probabilities, that has to be found
        with probability 1 - 1e-6.

    Returns
    -------
    Verdict

    Raises
    ------
    StatisticalAssertionError
        The sample does not follow the law.
    InsufficientSampleError
        n draws cannot find `detects`.

    References
    ----------
    P. Massart (1990), Ann. Probab. 18; R. Agrawal (2020), IEEE Trans. Inf. Theory 66(10).

    Examples
    --------
    >>> import numpy as np
    >>> from statsim import testing
    >>> rng = np.random.default_rng(1)
    >>> testing.assert_follows(rng.random(10_000), lambda x: np.clip(x, 0, 1)).passed
    True
    >>> testing.assert_follows(rng.integers(6, size=60_000), np.full(6, 1 / 6), detects=0.05).passed
    True
    """
    return settle(judge_follows(sample, law, alpha=alpha, detects=detects))


def judge_follows(sample, law, *, alpha=ALPHA, detects=None):
    """The verdict of `assert_follows`, neither charged to a budget nor raised."""
    check_alpha(alpha)
    if callable(law):
        return _judge_cdf(as_draws(sample), law, alpha, detects)
    counts, probabilities, values = _cells(sample, law)
    return judge_counts(counts, probabilities, values, alpha=alpha, detects=detects)


def _judge_cdf(draws, cdf, alpha, detects):
    n = draws.size
    require_power(detects, lambda size: kolmogorov.one_sample_detectable(size, alpha, BETA), n, _CDF_EFFECT)
    distance, place = _largest_gap(draws, cdf)
    return Verdict(
        law=f"distribution function {getattr(cdf, '__name__', type(cdf).__name__)}, largest gap at {place:.6g}",
        statistic_name="Kolmogorov-Smirnov distance",
        statistic=distance,
        p_value=kolmogorov.one_sample(distance, n),
        alpha=alpha,
        n=n,
        detects=kolmogorov.one_sample_detectable(n, alpha, BETA),
        effect=_CDF_EFFECT,
    )


def _largest_gap(draws, cdf):
    """sup |F_n - F| and where, with the left limits of F taken one floating-point number below each draw."""
    values, counts = np.unique(draws, return_counts=True)
    right = np.cumsum(counts) / draws.size
    left = right - counts / draws.size
    above = np.abs(right - _evaluate(cdf, values))
    below = np.abs(left - _evaluate(cdf, np.nextafter(values, -np.inf)))
    gaps = np.maximum(above, below)
    worst = int(np.argmax(gaps))
    return float(gaps[worst]), float(values[worst])


def _evaluate(cdf, values):
    heights = np.asarray(cdf(values), dtype=np.float64)
    if heights.shape != values.shape or not np.all((heights >= -1e-12) & (heights <= 1.0 + 1e-12)):
        raise ArgumentError(
            f"law must map an array (n,) to (n,) values in [0, 1]; for {values[:3]} it gave {heights.ravel()[:3]} "
            f"with shape {heights.shape}"
        )
    return heights


def _cells(sample, law):
    """Counts, probabilities and names of the cells, the last one being all other values."""
    if isinstance(law, Mapping):
        values, probabilities = list(law), np.array(list(law.values()), dtype=np.float64)
    else:
        probabilities = np.asarray(law, dtype=np.float64)
        values = list(range(probabilities.size))
    _check_probabilities(probabilities)
    seen, counts = np.unique(np.asarray(sample), return_counts=True)
    by_value = dict(zip(seen.tolist(), counts.tolist(), strict=True))
    inside = [by_value.pop(value, 0) for value in values]
    rest = max(0.0, 1.0 - math.fsum(probabilities))
    rest = 0.0 if rest < 1e-12 else rest
    if not inside and not by_value:
        raise ArgumentError("sample must hold at least one draw, got none")
    return np.array([*inside, sum(by_value.values())]), np.append(probabilities, rest), [*values, "any other value"]


def _check_probabilities(probabilities):
    if probabilities.ndim != 1 or probabilities.size == 0:
        raise ArgumentError(f"law must hold probabilities of shape (k,), got shape {probabilities.shape}")
    if not np.all(probabilities >= 0.0) or math.fsum(probabilities) > 1.0 + 1e-9:
        raise ArgumentError(
            f"law must hold probabilities >= 0 with sum <= 1, got smallest {probabilities.min()} and sum {math.fsum(probabilities)}"
        )


def judge_counts(counts, probabilities, values, *, alpha=ALPHA, detects=None):
    """Multinomial counts (k,) against probabilities (k,): the relative entropy of all, and each cell by itself."""
    n, cells = int(counts.sum()), max(int(np.count_nonzero(probabilities)), 1)
    if n == 0:
        raise ArgumentError("sample must hold at least one draw, got none")
    require_power(detects, lambda size: entropy.detectable(size, cells, alpha / 2, BETA), n, _TV_EFFECT)
    x = entropy.cell_entropy(counts, probabilities)
    whole = Verdict(
        law=f"probabilities of {cells} cells, bound for every n",
        statistic_name="n * relative entropy",
        statistic=x,
        p_value=entropy.upper_tail(x, cells),
        alpha=alpha / 2,
        n=n,
        detects=entropy.detectable(n, cells, alpha / 2, BETA),
        effect=_TV_EFFECT,
    )
    return together("probabilities of values", [_worst_cell(counts, probabilities, values, alpha / 2), whole], alpha)


def _worst_cell(counts, probabilities, values, alpha):
    n, cells = int(counts.sum()), len(counts)
    tails = [binomial.two_sided(int(k), n, float(p)) for k, p in zip(counts, probabilities, strict=True)]
    worst = int(np.argmin(tails))
    p = float(probabilities[worst])
    return Verdict(
        law=f"probability {p:.6g} of value {values[worst]!r}, exact binomial, worst of {cells}",
        statistic_name="frequency",
        statistic=counts[worst] / n,
        p_value=min(1.0, tails[worst] * cells),
        alpha=alpha,
        n=n,
        detects=binomial.detectable(n, p, alpha / cells, BETA),
        effect=_CELL_EFFECT,
    )
