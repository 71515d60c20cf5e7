r"""Pareto-smoothed importance weights and k-hat (Vehtari, Simpson, Gelman, Yao, Gabry 2024, JMLR 25).

The largest :math:`\min(S/5, 3 \sqrt{S / r})` weights are replaced by the expected order statistics of a generalised Pareto law
fitted to them, none above the largest raw weight. Its shape, k-hat, says how many moments the weights have: 1/k of them.

The paper's law is continuous. Weights that are a few atoms, as of counts, have no such tail: ArviZ fits one all the same, and returns what the spacing of the atoms happens to give, or NaN. Here a tail of
fewer than 10 different values is judged by its largest: met 10 times or more, the weights end there as far as can be seen, and every moment exists; met less often, nothing is known of what
lies beyond. Weights 2^G with G geometric (1/2), whose mean is infinite, pass for the first with probability 3e-4: ties at the largest of geometric variates, Brands, Steutel, Wilms (1994),
Statistics & Probability Letters 20.
"""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.metrics.chains.generalised_pareto import fit_generalised_pareto, generalised_pareto_quantile

_FEWEST = 5  # weights a tail can be fitted to
_FEWEST_VALUES = 10  # different weights in the tail, or times that its largest was met
_ROUNDING = 1e-12  # log weights of a tail that differ by no more are one value with the rounding of a log density


@dataclass(frozen=True, slots=True)
class ParetoSmoothed:
    """Smoothed weights.

    Parameters
    ----------
    log_weights : array
        Normalised: their exponentials sum to 1. The shape given.
    k_hat : float
        Shape of the tail. Infinite where the tail cannot be judged: fewer than 5 positive weights in it (fewer than 25 draws among them), or a few atoms of which the largest was met
        fewer than 10 times. Minus infinity where the weights end: all of the tail equal, or a few atoms of which the largest was met 10 times or more. The weights are left as they are
        in all these cases.
    limit : float
        `pareto_k_limit` of the number of draws; estimates are reliable below it.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import pareto_smooth
    >>> pareto_smooth(np.zeros(100)).reliable
    True
    """

    log_weights: np.ndarray
    k_hat: float
    limit: float

    @property
    def reliable(self):
        """True where k-hat is below its limit."""
        return self.k_hat < self.limit


def pareto_k_limit(n):
    r"""The k-hat up to which `n` draws give a reliable mean: :math:`\min(1 - 1/\log_{10} n, 0.7)`.

    Parameters
    ----------
    n : int
        Draws, at least 2.

    Returns
    -------
    float

    Examples
    --------
    >>> from statsim.metrics import pareto_k_limit
    >>> round(pareto_k_limit(100), 12), pareto_k_limit(10_000)
    (0.5, 0.7)
    """
    return float(min(1 - 1 / np.log10(checks.integer(n, "n", minimum=2)), 0.7))


def pareto_smooth(log_weights, *, relative_efficiency=1.0):
    """Smooth the largest importance weights and judge their tail.

    Parameters
    ----------
    log_weights : array
        Logarithms of the ratios target over proposal, up to a constant, two or more, of any shape (one set of weights).
        Minus infinity is a weight of zero.
    relative_efficiency : float
        Effective over actual number of draws, where a Markov chain made them.

    Returns
    -------
    ParetoSmoothed

    Raises
    ------
    ArgumentError
        A weight that is NaN or plus infinity, none that is positive, or fewer than two.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import pareto_smooth
    >>> x = np.random.default_rng(0).normal(size=4000)
    >>> bool(pareto_smooth(-0.2 * x**2).k_hat < 0.5), bool(pareto_smooth(0.45 * x**2).k_hat > 0.7)
    (True, True)
    """
    efficiency = checks.real(relative_efficiency, "relative_efficiency", minimum=0, open_minimum=True)
    raw = _checked(log_weights)
    smooth = raw - raw.max()
    flat = smooth.reshape(-1)
    k_hat = _smooth_tail(flat, int(min(flat.size / 5, 3 * np.sqrt(flat.size / efficiency))))
    smooth -= np.log(np.exp(smooth).sum())
    return ParetoSmoothed(smooth, k_hat, pareto_k_limit(flat.size))


def _smooth_tail(logs, count):
    """Replace the `count` largest of `logs` (maximum 0) in place by their smoothed values; the shape of the tail."""
    if count < _FEWEST:
        return np.inf
    chosen = np.argpartition(logs, logs.size - count - 1)[-count - 1 :]
    chosen = chosen[np.argsort(logs[chosen], kind="stable")]
    cutoff, chosen = np.exp(logs[chosen[0]]), chosen[1:]
    if logs[chosen[0]] > -_ROUNDING:
        return -np.inf
    exceedances = np.exp(logs[chosen]) - cutoff
    if not exceedances[int(count / 4 + 0.5) - 1] > 0:  # ties with the cut-off: the law is that of what lies above it
        chosen, exceedances = chosen[exceedances > 0], exceedances[exceedances > 0]
    n = chosen.size
    if n < _FEWEST:
        return np.inf
    if np.unique(np.round(logs[chosen], 9)).size < min(_FEWEST_VALUES, n):  # a few atoms, as of counts: no continuous tail fits them
        return -np.inf if np.count_nonzero(logs[chosen] > logs[chosen[-1]] - _ROUNDING) >= _FEWEST_VALUES else np.inf
    shape, scale = fit_generalised_pareto(exceedances)
    expected = cutoff + generalised_pareto_quantile((np.arange(n) + 0.5) / n, shape=shape, scale=scale)
    logs[chosen] = np.minimum(np.log(expected), 0.0)
    return shape


def _checked(log_weights):
    raw = np.asarray(log_weights, dtype=np.float64)
    if raw.size < 2:
        raise ArgumentError(f"log_weights must hold at least 2 weights, got {raw.size}")
    bad = np.isnan(raw) | (raw == np.inf)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ArgumentError(f"log_weights must be below infinity, got log_weights{list(place)} = {raw[place]}; mend the log density that led there")
    if raw.max() == -np.inf:
        raise ArgumentError("log_weights are all -inf: no draw of the proposal lies where the target is positive; choose a proposal that covers it")
    return raw
