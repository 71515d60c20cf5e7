"""Filtering and smoothing by importance sampling: an estimate to hold against the exact answer, and the way to see how a particle filter works."""

from dataclasses import dataclass

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import SamplerError
from statsim.kernels.hmm.particles import filter_particles, trace_back
from statsim.kernels.resampling.multinomial import multinomial
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.categorical import alias_table
from statsim.samplers.draws.estimate import Estimate
from statsim.samplers.draws.weighted_draws import log_mean_exp


@dataclass(frozen=True)
class Particles:
    """What several independent particle filters say of a sequence of n steps.

    Attributes
    ----------
    log_likelihood : Estimate
        Log of the mean of the runs' unbiased likelihoods, with its standard error over the runs.
    filtered : Estimate
        Probability (n, k) of each state given the steps up to it.
    effective_sizes : ndarray (runs, n)
        Effective number of particles.
    paths : ndarray (runs * draws, n) of int64
        Paths drawn from the particles at the end: draws from the smoothing law, the early steps of which share few ancestors.
    """

    log_likelihood: Estimate
    filtered: Estimate
    effective_sizes: np.ndarray
    paths: np.ndarray


def particle_filter(law, sequences, *, n_particles, n_runs, n_paths, threshold, rng):
    """`Particles` of the only sequence in `sequences`."""
    particles = checks.integer(n_particles, "n_particles", minimum=2)
    runs, draws = checks.integer(n_runs, "n_runs", minimum=2), checks.integer(n_paths, "n_paths", minimum=0)
    threshold = checks.real(threshold, "threshold", minimum=0.0, maximum=1.0)
    n, k = len(sequences.values), law.chain.n_states
    checks.memory(24 * n * particles, None, what=f"{particles} particles over {n} steps", remedy="use fewer particles, or the exact filter()")
    key, log_b = rngs.stream_key(rng, rngs.Purpose.SAMPLER), law.log_densities(sequences, 0, n)
    first = alias_table(law.chain.startprob)
    rows = tuple(np.array(part) for part in zip(*map(alias_table, law.chain.transmat), strict=True))

    def run(number):
        random = np.empty(4, np.uint64)
        seed_block(key[0], key[1], np.uint64(number), random)
        states, ancestors, weights = (np.empty((n, particles), kind) for kind in (np.int64, np.int64, np.float64))
        sizes, paths = np.empty(n), np.empty((draws, n), np.int64)
        value = filter_particles(random, log_b, *first, *rows, threshold, states, ancestors, weights, sizes)
        if not value > -np.inf:
            raise SamplerError(f"run {number}: no particle can go on; use more n_particles, or look whether the sequence is possible: score(X)")
        last = np.empty(draws, np.int64)
        multinomial(random, weights[-1], last)
        trace_back(states, ancestors, last, paths)
        chances = np.stack([np.where(states == j, weights, 0.0).sum(axis=1) for j in range(k)], axis=1)
        return value, chances, sizes, paths

    values, chances, sizes, paths = (np.array(part) for part in zip(*blocks.map_chunks(run, runs), strict=True))
    error = chances.std(axis=0, ddof=1) / np.sqrt(runs)
    return Particles(log_mean_exp(values), Estimate(chances.mean(axis=0), error), sizes, paths.reshape(-1, n))
