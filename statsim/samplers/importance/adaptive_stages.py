r"""The stages of an adaptive proposal: draw, weigh all draws so far by the mixture of all stages, learn, draw again.

The weights are those of adaptive multiple importance sampling (Cornuet, Marin, Mira, Robert 2012, Scand. J. Statist. 39): a draw of
any stage is weighted by :math:`p / \sum_t (n_t / n) q_t`, so a poor early proposal does no harm later. A proposal learns from
weights tempered by the largest power with an effective size that its parameters need (Koblents, Miguez 2015, Statistics and
Computing 25); estimates use the weights themselves.
"""

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.samplers.importance.importance_rows import reals_values
from statsim.samplers.importance.seeds import part_random
from statsim.samplers.importance.student_mixture import StudentMixture

BISECTIONS = 40


def run_stages(target, first, learn, *, draws, n_stages, rng, num_threads=None):
    """Draws of all stages.

    Parameters
    ----------
    target : Target
    first : StudentMixture
    learn : callable
        (mixture, reals (n, d), log_weights (n,)) to the next mixture.
    draws, n_stages : int

    Returns
    -------
    points : (draws, dim)
    log_weights : (draws,)
    history : list of dict
    """
    seed, sizes = rngs.seed_sequence(rng), np.diff(np.linspace(0, draws, n_stages + 1).astype(int))
    d = target.unconstrained_dim
    reals, points, log_p = np.empty((draws, d)), np.empty((draws, target.dim)), np.empty(draws)
    log_q = np.full((n_stages, draws), -np.inf)  # row t: log of n_t q_t at each draw
    mixtures, history, done = [first], [], 0
    for stage, size in enumerate(sizes):
        new, upto = slice(done, done + size), slice(0, done + size)
        random = part_random(seed, 1, stage)
        counts = _counts(random, mixtures[stage].shares, size)
        mixtures[stage].fill(random, reals[new], counts)
        reals_values(target, reals[new], log_p[new], points[new], num_threads=num_threads)
        for t in range(stage):
            log_q[t, new] = np.log(sizes[t]) + _log_density(mixtures[t], reals[new], num_threads)
        log_q[stage, upto] = np.log(size) + _log_density(mixtures[stage], reals[upto], num_threads)
        done += size
        log_weights = log_p[upto] - np.logaddexp.reduce(log_q[: stage + 1, upto], axis=0) + np.log(done)
        history.append({"stage": stage, "draws": done, "effective_sample_size": effective_size(log_weights)})
        if stage + 1 < n_stages:
            mixtures.append(learn(mixtures[stage], reals[upto], log_weights))
    return points, log_weights, history


def first_mixture(target, n_components, location, scale, df, rng):
    """The proposal of the first stage: components around `location`, apart from each other by draws of the first itself."""
    d = target.unconstrained_dim
    centre = np.array(np.broadcast_to(np.asarray(location, np.float64), (d,)))  # a copy: views are read-only
    sd = np.broadcast_to(np.asarray(scale, np.float64), (d,))
    matrices = np.repeat(np.diag(sd**2)[None], n_components, axis=0)
    shares = np.full(n_components, 1.0 / n_components)
    mixture = StudentMixture(np.ones(1), centre[None], matrices[:1], df)
    locations = np.repeat(centre[None], n_components, axis=0)
    if n_components > 1:
        mixture.fill(part_random(rng, 2), locations, [n_components])
    return StudentMixture(shares, locations, matrices, df)


def tempered(log_weights, needed):
    """Normalised weights to the largest power up to 1 at which their effective sample size is `needed`, as far as can be."""
    logs = log_weights - log_weights.max()
    low, high = 0.0, 1.0
    needed = min(needed, 0.5 * np.count_nonzero(logs > -np.inf))
    if effective_size(logs) < needed:
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if effective_size(_power(logs, middle)) >= needed else (low, middle)
        logs = _power(logs, low)
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def effective_size(log_weights):
    """Kong's effective sample size; 0 where all weights are."""
    top = log_weights.max()
    if top == -np.inf:
        return 0.0
    weights = np.exp(log_weights - top)
    return float(weights.sum() ** 2 / (weights**2).sum())


def _power(logs, power):
    with np.errstate(invalid="ignore"):
        return np.where(logs > -np.inf, logs * power, -np.inf)


def _counts(random, shares, size):
    """Draws of each component: by systematic resampling, whose mean is `size` times the share."""
    from statsim.samplers.importance.resampling import resample_with

    return np.bincount(resample_with(random, shares, int(size), "systematic"), minlength=len(shares))


def _log_density(mixture, reals, num_threads):
    chunks = blocks.row_chunks(len(reals))
    return np.concatenate(blocks.map_chunks(lambda c: mixture.log_density(reals[slice(*chunks[c])]), len(chunks), num_threads=num_threads))


def checked_start(location, scale, df, n_stages):
    """Check the parameters that the adaptive methods share."""
    checks.integer(n_stages, "n_stages", minimum=1)
    checks.real(df, "df", minimum=0.0, open_minimum=True)
    checks.finite(np.asarray(location, np.float64), "location")
    sizes = np.atleast_1d(np.asarray(scale, np.float64))
    checks.finite(sizes, "scale")
    for value in sizes:
        checks.real(float(value), "scale", minimum=0.0, open_minimum=True)
