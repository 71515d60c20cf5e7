"""Passes of a hidden semi-Markov model over many sequences: batches of whole sequences for the threads, a long one on one of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim.blocks import map_chunks
from statsim.errors import ImpossibleConditionError
from statsim.kernels.hmm.semi_backward import semi_backward
from statsim.kernels.hmm.semi_forward import fill_logs, semi_forward
from statsim.kernels.hmm.semi_paths import fill_semi_posterior_paths
from statsim.kernels.hmm.semi_viterbi import semi_viterbi
from statsim.models.hmm.passes import batches
from statsim.models.hmm.semi_chain import is_left


@dataclass(frozen=True)
class SemiLaw:
    """A chain without transitions to itself, how long its states are stayed in, and what they emit."""

    chain: object
    sojourn: object
    emission: object
    max_duration: int

    @cached_property
    def log_chain(self):
        """Logs of start (k,) and transitions (k, k)."""
        start, moves = np.empty(self.chain.startprob.shape), np.empty(self.chain.transmat.shape)
        fill_logs(np.ascontiguousarray(self.chain.startprob), start)
        fill_logs(np.ascontiguousarray(self.chain.transmat).ravel(), moves.reshape(-1))
        return start, moves

    @cached_property
    def is_left(self):
        """Which states (k,) are left at all."""
        return is_left(self.chain.transmat)

    @cached_property
    def log_tables(self):
        """Log probabilities and log survivors (k, D) of the sojourns.

        Those of a state that is never left all last D steps: they are not seen, and are cut up in one way only.
        """
        log_d, log_s = self.sojourn.log_tables(self.max_duration)
        log_d[~self.is_left], log_s[~self.is_left] = -np.inf, 0.0
        log_d[~self.is_left, -1] = 0.0
        return log_d, log_s

    def reordered(self, order):
        """The law whose state i is state order[i] of this one."""
        return SemiLaw(self.chain.reordered(order), self.sojourn.reordered(order), self.emission.reordered(order), self.max_duration)

    def log_densities(self, sequences, begin, end):
        """Log density (k, end - begin) of steps given each state."""
        out = np.empty((end - begin, self.chain.n_states))
        self.emission.fill_log_density(sequences.values, sequences.offsets, begin, end, out)
        return np.ascontiguousarray(out.T)


@dataclass
class Totals:
    """Sums over sequences: weighted log-likelihood, transitions (k, k), first states (k,), sojourns ended and cut off (k, D), steps (k,)."""

    objective: float
    pairs: np.ndarray
    first: np.ndarray
    completed: np.ndarray
    censored: np.ndarray

    @classmethod
    def empty(cls, k, max_duration):
        """All zero."""
        return cls(0.0, np.zeros((k, k)), np.zeros(k), np.zeros((k, max_duration)), np.zeros((k, max_duration)))

    def __add__(self, other):
        return Totals(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def forward_of(law, sequences, number):
    """log_b, log I and log O (k, n), their log total and the log-likelihood of one sequence, as `semi_forward` has them."""
    begin, end = int(sequences.offsets[number]), int(sequences.offsets[number + 1])
    log_b = law.log_densities(sequences, begin, end)
    log_in, log_out = np.empty(log_b.shape), np.empty(log_b.shape)
    return log_b, log_in, log_out, *semi_forward(log_b, *law.log_chain, *law.log_tables, log_in, log_out)


def log_likelihoods(law, sequences, *, num_threads=None):
    """Log-likelihood (n_sequences,) of each sequence; minus infinity where it is impossible."""
    bounds = batches(sequences)
    parts = map_chunks(lambda i: [forward_of(law, sequences, j)[-1] for j in range(*bounds[i])], len(bounds), num_threads=num_threads)
    return np.array([value for part in parts for value in part])


def smooth_batch(law, sequences, first, last, weights, visit):
    """Posteriors of the sequences [first, last) to `visit(begin, end, gamma, weights)`; their `Totals`.

    An impossible sequence has a posterior of NaN and the log-likelihood minus infinity.
    """
    totals = Totals.empty(law.chain.n_states, law.max_duration)
    for i in range(first, last):
        begin, end = int(sequences.offsets[i]), int(sequences.offsets[i + 1])
        log_b, log_in, log_out, log_total, found = forward_of(law, sequences, i)
        totals.objective += float(weights[i]) * found
        gamma = np.full((end - begin, law.chain.n_states), np.nan)
        if found > -np.inf:
            semi_backward(
                log_b, law.log_chain[1], *law.log_tables, log_in, log_out, log_total, float(weights[i]), np.empty(log_b.shape), gamma,
                totals.pairs, totals.first, totals.completed, totals.censored,
            )  # fmt: skip
        visit(begin, end, gamma, np.full(end - begin, float(weights[i])))
    return totals


def smoothed(law, sequences, *, num_threads=None):
    """Probability (n_steps, k) of each state given its whole sequence, and the `Totals`."""
    out, bounds, ones = np.empty((len(sequences.values), law.chain.n_states)), batches(sequences), np.ones(len(sequences))

    def write(begin, end, gamma, weights):
        out[begin:end] = gamma

    done = map_chunks(lambda i: smooth_batch(law, sequences, *bounds[i], ones, write), len(bounds), num_threads=num_threads)
    require_possible(~np.isnan(out[sequences.offsets[:-1], 0]))
    return out, sum(done, start=Totals.empty(law.chain.n_states, law.max_duration))


def require_possible(possible):
    """Raise where a sequence has density zero; `possible` (n_sequences,) bool.

    Raises
    ------
    ImpossibleConditionError
    """
    if not possible.all():
        number = int(possible.argmin())
        raise ImpossibleConditionError(f"sequence {number} has density zero under the model: no path of states can emit it")


def decoded(law, sequences, *, num_threads=None):
    """The most probable path (n_steps,) of each sequence, and the log joint density (n_sequences,) of path and sequence."""
    path, values = np.zeros(len(sequences.values), np.int64), np.empty(len(sequences))

    def one(i):
        begin, end = int(sequences.offsets[i]), int(sequences.offsets[i + 1])
        log_b = law.log_densities(sequences, begin, end)
        origin, lengths = np.empty(log_b.shape, np.int32), np.empty(log_b.shape, np.int32)
        values[i] = semi_viterbi(log_b, *law.log_chain, *law.log_tables, np.empty(log_b.shape), origin, lengths, path[begin:end])

    map_chunks(one, len(sequences), num_threads=num_threads)
    require_possible(values > -np.inf)
    return path, values


def posterior_paths(law, sequences, key, n, start):
    """`n` draws (n, n_steps) of the states of all sequences given the steps; draw i is number start + i of the data set `key`."""
    paths = np.empty((n, len(sequences.values)), np.int64)
    for i in range(len(sequences)):
        log_b, log_in, log_out, _, found = forward_of(law, sequences, i)
        require_possible(np.arange(len(sequences)) != i if not found > -np.inf else np.ones(1, bool))
        part = np.empty((n, log_b.shape[1]), np.int64)
        own = np.array([key[0], key[1] ^ np.uint64(i)], np.uint64)
        fill_semi_posterior_paths(own, start, log_b, log_in, log_out, law.log_chain[1], *law.log_tables, part)
        paths[:, sequences.offsets[i] : sequences.offsets[i + 1]] = part
    return paths
