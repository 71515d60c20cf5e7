"""What is wrong with draws of chains, and what to do about it; the limits are those of Stan and of Vehtari et al. (2021)."""

import warnings

import numpy as np

from statsim.errors import SamplerWarning

R_HAT = 1.01
SIZE_PER_CHAIN = 100
E_BFMI = 0.3
_LONGEST = 10_000  # draws of a chain that the second look takes, so that the memory it needs stays small
_MOST = 50  # coordinates that get a second look
_MOST_ENERGIES = 50_000  # of a chain: a ratio of sums is known well enough from them
_STRETCH = 1_000  # draws looked at together
_NAMED = 3
_FEWEST_MOVES = 20  # draws in which a chain that works has moved
_MANY_MODES = 1.05  # R-hat above which slow mixing alone is no longer the likely cause


def problems(draws):
    """Sentences (tuple of str) on what is wrong with `draws`, each with its remedy; empty where nothing is.

    Looked at: R-hat above 1.01, an effective sample size below 100 per chain, divergences, trees cut at their largest depth,
    E-BFMI below 0.3, values that are not finite.
    """
    if draws.values.shape[1] == 0:
        return ()
    found = [_not_finite(draws), _standing_still(draws), *_mixing(draws), _divergences(draws), _saturation(draws), _energy(draws)]
    return tuple(text for text in found if text)


def warn_of_problems(draws, *, stacklevel):
    """One `SamplerWarning` that lists all problems of `draws`, if there are any."""
    found = problems(draws)
    if found:
        text = "\n".join(f"- {problem}" for problem in found)
        warnings.warn(f"these draws should not be trusted as they are (diagnose=False silences this):\n{text}", SamplerWarning, stacklevel=stacklevel + 1)


def _not_finite(draws):
    bad = ~np.isfinite(draws.values[:, :: max(1, draws.values.shape[1] // _LONGEST)]).all(axis=(0, 1))
    if bad.any():
        return f"{_listed(draws, np.flatnonzero(bad))}: draws that are not finite; the density reaches to the end of the doubles: is it proper?"
    return None


def _standing_still(draws):
    """Chains in which no coordinate ever changes; a coordinate that the support fixes may stand still alone."""
    if draws.values.shape[1] < _FEWEST_MOVES:
        return None
    still = [chain for chain, values in enumerate(draws.values) if _stands_still(values)]
    if not still:
        return None
    return (
        f"chain {', '.join(map(str, still[:10]))} never moved: every proposal was refused, or the updates write nothing; "
        f"take smaller steps (a smaller scale), or look whether an update changes x in place"
    )


def _stands_still(values):
    """True when all rows (n, dim) are the first one; a chain that moves is left at its first stretch, and no array is as long as the chain."""
    return all((values[begin : begin + _STRETCH] == values[0]).all() for begin in range(0, len(values), _STRETCH))


def _mixing(draws):
    """The sentences on R-hat and on effective sizes."""
    from statsim.samplers.chains.screen import screen

    chains = max(1, draws.values.shape[0] // getattr(draws.method, "lanes", 1))
    r_hat, size = screen(draws.values)
    fewest = SIZE_PER_CHAIN * chains
    # the screen thins, orders ties as they come, and is a little noisy: what comes near a limit is computed as the summary does
    suspects = np.flatnonzero((r_hat > 1 + (R_HAT - 1) / 2) | (size < 1.5 * fewest))
    if suspects.size:
        suspects = suspects[np.argsort(-np.nan_to_num(r_hat[suspects], posinf=1e300), kind="stable")]
        _look_closer(draws.values, suspects[:_MOST], r_hat, size)
    return [_of_r_hat(draws, r_hat), _of_size(draws, size, fewest)]


def _look_closer(values, places, r_hat, size):
    """Replace what the screen found by the numbers of the summary."""
    from statsim.metrics.chains.column import Column
    from statsim.metrics.chains.effective_sample_size import effective_size, quantile_size
    from statsim.metrics.chains.r_hat import rank_r_hat, scale_reduction
    from statsim.metrics.chains.rank_normalise import normal_scores

    step = max(1, -(-values.shape[1] // _LONGEST))
    for place in places:
        column = Column(values[:, ::step, place])
        if column.says_nothing:
            continue
        scores = normal_scores(column)
        r_hat[place] = rank_r_hat(column, scale_reduction(scores))
        size[place] = min(effective_size(scores), *(quantile_size(column, p) for p in (0.05, 0.95)))


def _of_r_hat(draws, r_hat):
    bad = np.flatnonzero(r_hat > R_HAT)
    if not bad.size:
        return None
    worst = bad[np.argsort(-r_hat[bad])]
    advice = f"{'the chains do' if draws.values.shape[0] > 1 else 'the halves of the chain do'} not agree: raise warmup and draws"
    if r_hat[worst[0]] > _MANY_MODES and draws.values.shape[0] > 1:
        advice += (
            "; look at plot(draws, kind='trace'): chains in different places mean several modes (Tempering(), better starts), "
            "chains that wander off mean a density without a finite integral"
        )
    return f"R-hat is up to {r_hat[worst[0]]:.4g}, above {R_HAT}, for {_listed(draws, worst)}: {advice}"


def _of_size(draws, size, fewest):
    bad = np.flatnonzero(size < fewest)
    if not bad.size:
        return None
    worst = bad[np.argsort(size[bad])]
    factor = min(fewest / max(size[worst[0]], 1.0), 1000.0)
    more = f"raise draws about {max(factor, 1.1):.2g} times" if factor < 20 else "reparametrise or use a better method (a gradient, metric='dense')"
    return f"the effective sample size is down to {size[worst[0]]:.0f}, below {fewest} ({SIZE_PER_CHAIN} per chain), for {_listed(draws, worst)}: {more}"


def _divergences(draws):
    if "divergent" not in draws.stats:
        return None
    count, total = int(np.count_nonzero(draws.stats["divergent"])), draws.stats["divergent"].size
    if not count:
        return None
    accept = getattr(draws.method, "target_accept", None)
    higher = "" if accept is None else f"raise target_accept from {accept:g} to {0.95 if accept < 0.94 else 0.99:g}; "
    return (
        f"{count} of {total} transitions diverged: part of the target is too curved for the step, and the draws miss it; {higher}"
        f"where that does not end them, reparametrise (a funnel: the non-centred form)"
    )


def _saturation(draws):
    depth, most = draws.stats.get("tree_depth"), getattr(draws.method, "max_depth", None)
    if depth is None or most is None:
        return None
    count = int(np.count_nonzero(depth >= most))
    if not count:
        return None
    doubt = "; nearly all are cut, as with a wrong gradient: run target.check_gradient()" if count > 0.5 * depth.size else ""
    return (
        f"{count} of {depth.size} trajectories were cut at max_depth={most}: the draws are right but slow; scale the coordinates alike, "
        f"try metric='dense', or raise max_depth{doubt}"
    )


def _energy(draws):
    if "energy" not in draws.stats or draws.values.shape[1] < 4:
        return None
    from statsim.metrics.chains.energy import e_bfmi

    fractions = e_bfmi(draws.stats.last(_MOST_ENERGIES)["energy"])
    bad = np.flatnonzero(fractions < E_BFMI)
    if not bad.size:
        return None
    chains = ", ".join(map(str, bad[:10].tolist()))
    return (
        f"E-BFMI is down to {fractions[bad].min():.2g}, below {E_BFMI}, in chain {chains}: the chain moves slowly between energies and may "
        f"miss the tails; raise warmup, or reparametrise heavy tails and funnels"
    )


def _listed(draws, places):
    """Names of the first few coordinates, and how many more there are."""
    shown = ", ".join(draws.names[place] for place in places[:_NAMED])
    more = len(places) - _NAMED
    return f"{shown} and {more} more of {len(draws.names)}" if more > 0 else shown
