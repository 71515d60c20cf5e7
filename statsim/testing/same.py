"""Two samples come from the same law, whatever it is."""

import itertools

import numpy as np

from statsim.errors import ArgumentError
from statsim.testing.inputs import as_draws, check_alpha
from statsim.testing.laws import hypergeometric, kolmogorov
from statsim.testing.laws.search import crossing
from statsim.testing.verdict import ALPHA, BETA, Verdict, require_power, settle, together

_CDF_EFFECT = "a difference of the distribution functions"
_CELL_EFFECT = "a difference in the probability of a value"


def assert_same_distribution(x, y, *, kind=None, n_directions=16, alpha=ALPHA, detects=None):
    """Assert that two independent samples come from one law.

    Null laws:

    - real draws: two-sample Kolmogorov-Smirnov distance; for equal sizes the exact law of Gnedenko and Korolyuk, for
      others a bound from two one-sample bounds, or a random part of the larger sample where that finds more;
    - labels: the exact hypergeometric law of each value's count given the pooled counts (Fisher), shared equally;
    - rows of real numbers: projections on each axis, each pair of axes and `n_directions` fixed random directions, each
      judged as real draws at an equal share of alpha.

    Parameters
    ----------
    x, y : array (m,) and (n,), or (m, d) and (n, d)
    kind : {"real", "labels"}, optional
        Strings, objects and booleans are labels unless said otherwise, numbers are real.
    n_directions : int
        Random directions beside the axes and their pairs, for rows.
    alpha : float
        False-alarm rate.
    detects : float, optional
        Largest difference of the distribution functions (of any projection), or of a value's probability, that has to be
        found with probability 1 - 1e-6.

    Returns
    -------
    Verdict

    Raises
    ------
    StatisticalAssertionError
        The laws differ.
    InsufficientSampleError
        The samples cannot find `detects`.

    References
    ----------
    B. V. Gnedenko, V. S. Korolyuk (1951); R. A. Fisher (1935), JRSS 98.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim import testing
    >>> rng = np.random.default_rng(1)
    >>> testing.assert_same_distribution(rng.normal(size=20_000), rng.normal(size=20_000), detects=0.06).passed
    True
    """
    return settle(judge_same_distribution(x, y, kind=kind, n_directions=n_directions, alpha=alpha, detects=detects))


def judge_same_distribution(x, y, *, kind=None, n_directions=16, alpha=ALPHA, detects=None):
    """The verdict of `assert_same_distribution`, neither charged to a budget nor raised."""
    check_alpha(alpha)
    x, y = np.asarray(x), np.asarray(y)
    if (kind or ("real" if x.dtype.kind in "iuf" and y.dtype.kind in "iuf" else "labels")) == "labels":
        return _judge_labels(x, y, alpha, detects)
    x, y = as_draws(x, "x", ndim=(1, 2)), as_draws(y, "y", ndim=(1, 2))
    if x.shape[1:] != y.shape[1:]:
        raise ArgumentError(f"x and y must have the same columns, got shapes {x.shape} and {y.shape}")
    return _judge_real(x, y, alpha, detects) if x.ndim == 1 else _judge_rows(x, y, n_directions, alpha, detects)


def _judge_real(x, y, alpha, detects, where="real draws"):
    x, y = _useful_parts(x, y)
    tail = _tail(x.size, y.size)
    require_power(detects, lambda m: _detectable(m, round(m * y.size / x.size), alpha), x.size, _CDF_EFFECT)
    distance = _distance(x, y)
    return Verdict(
        law=f"one law of both samples, {where}, {x.size:,} against {y.size:,}",
        statistic_name="Kolmogorov-Smirnov distance",
        statistic=distance,
        p_value=tail(distance),
        alpha=alpha,
        n=x.size + y.size,
        detects=_detectable(x.size, y.size, alpha),
        effect=_CDF_EFFECT,
    )


def _useful_parts(x, y):
    """The samples themselves, or equal sizes of them where the exact law for these beats the bound for unequal ones."""
    small, large = sorted((x.size, y.size))
    if small / 2 <= small * large / (np.sqrt(small) + np.sqrt(large)) ** 2:
        return x, y
    choose = np.random.default_rng(0)
    return tuple(s if s.size == small else choose.choice(s, small, replace=False, shuffle=False) for s in (x, y))


def _tail(m, n):
    if m == n:
        return lambda d: kolmogorov.equal_samples(d, n)
    return lambda d: kolmogorov.unequal_samples(d, m, n)


def _detectable(m, n, alpha):
    threshold = crossing(_tail(m, n), alpha, 0.0, 1.0)
    return 1.0 if threshold is None else min(1.0, threshold + 1.0 / m + kolmogorov.margin(m, n, BETA))


def _distance(x, y):
    pooled = np.concatenate([x, y])
    pooled.sort()
    at_x = np.searchsorted(np.sort(x), pooled, side="right") / x.size
    at_y = np.searchsorted(np.sort(y), pooled, side="right") / y.size
    return float(np.max(np.abs(at_x - at_y)))


def _judge_rows(x, y, n_directions, alpha, detects):
    # directions may use the pooled scale only where the law is conditional on the pooled sample: at equal sizes
    size = min(len(x), len(y))
    choose = np.random.default_rng(0)
    x, y = (s if len(s) == size else choose.choice(s, size, replace=False, shuffle=False) for s in (x, y))
    scale = np.std(np.concatenate([x, y]), axis=0)
    directions, names = _directions(x.shape[1], n_directions)
    directions = directions / np.where(scale > 0.0, scale, 1.0)
    share = alpha / len(names)
    parts = [
        _judge_real(x @ direction, y @ direction, share, detects, where=f"rows along {name}")
        for direction, name in zip(directions, names, strict=True)
    ]
    return together(f"rows of {x.shape[1]} columns", parts, alpha)


def _directions(d, n_directions):
    """Directions (p, d) and their names: axes, sums and differences of pairs, fixed random ones."""
    eye = np.eye(d)
    pairs = list(itertools.combinations(range(d), 2))
    rows = [*eye, *(eye[i] + eye[j] for i, j in pairs), *(eye[i] - eye[j] for i, j in pairs)]
    names = [f"column {j}" for j in range(d)]
    names += [f"columns {i} + {j}" for i, j in pairs] + [f"columns {i} - {j}" for i, j in pairs]
    random = np.random.default_rng(0).normal(size=(n_directions if d > 1 else 0, d))
    return np.array([*rows, *random]), names + [f"random direction {r}" for r in range(len(random))]


def _judge_labels(x, y, alpha, detects):
    if x.ndim != 1 or y.ndim != 1 or not x.size or not y.size:
        raise ArgumentError(f"x and y must hold labels of shape (n,) with n >= 1, got shapes {x.shape} and {y.shape}")
    values, codes = np.unique(np.concatenate([x, y]), return_inverse=True)
    in_x = np.bincount(codes[: x.size], minlength=values.size)
    in_y = np.bincount(codes[x.size :], minlength=values.size)
    ratio = y.size / x.size
    share = alpha / values.size
    require_power(detects, lambda m: _label_detectable(m, m * ratio, share), x.size, _CELL_EFFECT)
    tails = [hypergeometric.two_sided(int(a), int(a + b), x.size, y.size) for a, b in zip(in_x, in_y, strict=True)]
    worst = int(np.argmin(tails))
    return Verdict(
        law=f"one law of both samples, value {values[worst]!r}, exact hypergeometric, worst of {values.size}",
        statistic_name="difference of its frequencies",
        statistic=float(in_x[worst] / x.size - in_y[worst] / y.size),
        p_value=min(1.0, tails[worst] * values.size),
        alpha=alpha,
        n=x.size + y.size,
        detects=_label_detectable(x.size, y.size, share),
        effect=_CELL_EFFECT,
    )


def _label_detectable(m, n, share):
    return min(1.0, hypergeometric.detectable(m, n, share, BETA))
