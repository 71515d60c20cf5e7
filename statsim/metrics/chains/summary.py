"""All diagnostics of draws at once: each quantity is sorted once for the ranks and every quantile."""

from dataclasses import dataclass

import numpy as np

from statsim.metrics.chains.column import Column, chain_array
from statsim.metrics.chains.effective_sample_size import checked_probabilities, effective_size, quantile_size, squares_size
from statsim.metrics.chains.monte_carlo_error import mean_error, quantile_error, sd_error
from statsim.metrics.chains.r_hat import rank_r_hat, scale_reduction
from statsim.metrics.chains.rank_normalise import normal_scores

_NAMES = ("mean", "sd", "mcse_mean", "mcse_sd", "ess_mean", "ess_sd", "ess_bulk", "ess_tail", "r_hat")


@dataclass(frozen=True, slots=True)
class ChainSummary:
    """Estimates over all chains, their Monte Carlo errors, and whether the chains agree; dim quantities, q probabilities.

    Parameters
    ----------
    probabilities : tuple of float
        Of the quantiles, (q,).
    mean, sd : array (dim,)
        `sd` has the divisor S - 1.
    quantile : array (q, dim)
    mcse_mean, mcse_sd : array (dim,)
    mcse_quantile : array (q, dim)
    ess_mean, ess_sd, ess_bulk, ess_tail : array (dim,)
        `ess_tail` is that of the quantiles 5 % and 95 %.
    ess_quantile : array (q, dim)
    r_hat : array (dim,)

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import summarise_chains
    >>> summarise_chains(np.random.default_rng(0).normal(size=(4, 1000, 2))).r_hat.round(2).tolist()
    [1.0, 1.0]
    """

    probabilities: tuple
    mean: np.ndarray
    sd: np.ndarray
    quantile: np.ndarray
    mcse_mean: np.ndarray
    mcse_sd: np.ndarray
    mcse_quantile: np.ndarray
    ess_mean: np.ndarray
    ess_sd: np.ndarray
    ess_bulk: np.ndarray
    ess_tail: np.ndarray
    ess_quantile: np.ndarray
    r_hat: np.ndarray


def summarise_chains(values, *, probabilities=(0.05, 0.5, 0.95)):
    """Means, standard deviations, quantiles, their Monte Carlo errors, effective sample sizes and R-hat.

    The numbers are those of the functions named like them; together they cost less than half.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws; (chain, draw) is one quantity. One quantity is held in memory at a time.
    probabilities : sequence of float
        Quantiles wanted, each in [0, 1].

    Returns
    -------
    ChainSummary
        Errors, sizes and R-hat are NaN for fewer than 4 draws a chain and for a quantity with one value throughout.

    Raises
    ------
    ArgumentError
        Another shape, no chain, a value that is NaN or infinite, or a probability outside [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import summarise_chains
    >>> summary = summarise_chains(np.random.default_rng(0).normal(size=(4, 1000)))
    >>> bool(abs(summary.mean[0]) < 4 * summary.mcse_mean[0])
    True
    """
    levels = checked_probabilities(probabilities)
    draws = chain_array(values)
    dim = draws.shape[2]
    found = {name: np.full(dim, np.nan) for name in _NAMES}
    found |= {name: np.full((len(levels), dim), np.nan) for name in ("quantile", "mcse_quantile", "ess_quantile")}
    if draws.shape[1]:
        for i in range(dim):
            for name, value in _of_column(Column(draws[:, :, i]), levels).items():
                found[name][..., i] = value
    return ChainSummary(tuple(levels), **found)


def _of_column(column, levels):
    n = column.draws.size
    found = {
        "mean": column.unscaled(column.draws.mean()),
        "sd": column.unscaled(column.draws.std(ddof=1)) if n > 1 else np.nan,
        "quantile": [column.unscaled(column.quantile(p)) for p in levels],
    }
    return found if column.says_nothing else found | _errors(column, levels)


def _errors(column, levels):
    scores = normal_scores(column)
    of_bulk, bulk_r_hat = effective_size(scores), scale_reduction(scores)
    del scores  # as large as the draws
    of_mean, of_squares = effective_size(column.halves), squares_size(column)
    of_quantile = {p: quantile_size(column, p) for p in {*levels, 0.05, 0.95}}
    return {
        "mcse_mean": mean_error(column, of_mean),
        "mcse_sd": sd_error(column, of_squares),
        "mcse_quantile": [quantile_error(column, p, of_quantile[p]) for p in levels],
        "ess_mean": of_mean,
        "ess_sd": of_squares,
        "ess_bulk": of_bulk,
        "ess_tail": min(of_quantile[0.05], of_quantile[0.95]),
        "ess_quantile": [of_quantile[p] for p in levels],
        "r_hat": rank_r_hat(column, bulk_r_hat),
    }
