"""What can be said about the hidden states: filter, smoother, pairs, decoding, draws from the posterior."""

import numpy as np

from statsim.blocks import map_chunks
from statsim.errors import ImpossibleConditionError
from statsim.kernels.hmm.forward import LOST
from statsim.kernels.hmm.log_domain import log_forward
from statsim.kernels.hmm.paths import fill_posterior_paths
from statsim.kernels.hmm.viterbi import viterbi
from statsim.models.hmm import passes
from statsim.models.hmm.room import Room, own_room


class _Written(passes.Visitor):
    def __init__(self, out):
        self.out = out

    def posterior(self, begin, end, gamma, weights):
        self.out[begin:end] = gamma


def smoothed(law, sequences, *, num_threads=None):
    """Probability (n_steps, k) of each state given its whole sequence, and expected transitions (k, k) of each sequence batch summed."""
    out = np.empty((len(sequences.values), law.chain.n_states))
    bounds, ones = passes.batches(sequences), np.ones(len(sequences))
    done = map_chunks(
        lambda i: passes.smooth_batch(law, sequences, *bounds[i], ones, _Written(out)), len(bounds), num_threads=num_threads
    )
    _require_possible(out, sequences)
    return out, sum(part.pairs for part in done)


def _require_possible(table, sequences):
    bad = np.flatnonzero(np.isnan(table[sequences.offsets[:-1], 0]))
    if bad.size:
        raise ImpossibleConditionError(f"sequence {int(bad[0])} has density zero under the model: no path of states can emit it")


def filter_of(law, sequences):
    """Probability (n_steps, k) of each state given the steps of its sequence up to it, and what was predicted before it (n_steps, k)."""
    k = law.chain.n_states
    alpha, predicted = np.empty((len(sequences.values), k)), np.empty((len(sequences.values), k))
    for i in range(len(sequences)):
        a, b = int(sequences.offsets[i]), int(sequences.offsets[i + 1])
        alpha[a:b] = one_filter(law, sequences, a, b, i)
        predicted[a] = law.chain.startprob
        predicted[a + 1 : b] = alpha[a : b - 1] @ law.chain.transmat
    return alpha, predicted


def one_filter(law, sequences, a, b, number=0):
    """The filter (b - a, k) of one whole sequence, steps [a, b); in logarithms where the scaled form loses a state."""
    done = passes.filtered(law, sequences, a, b, np.array([0, b - a], np.int64), law.chain.startprob, Room())
    if done.status[0] == LOST:
        with np.errstate(divide="ignore"):
            start, moves = np.log(law.chain.startprob), np.log(law.chain.transmat)
        done.log_likelihood[0] = log_forward(law.log_densities(sequences, a, b), start, moves, done.alpha)
        if done.log_likelihood[0] > -np.inf:
            done.alpha -= done.alpha.max(axis=1, keepdims=True)
            np.exp(done.alpha, out=done.alpha)
            done.alpha /= done.alpha.sum(axis=1, keepdims=True)
    if not done.log_likelihood[0] > -np.inf:
        raise ImpossibleConditionError(f"sequence {number} has density zero under the model: no path of states can emit it")
    return done.alpha


def decoded(law, sequences, *, num_threads=None):
    """The most probable path (n_steps,) of each sequence, and the log joint density (n_sequences,) of path and sequence."""
    path, values = np.empty(len(sequences.values), np.int64), np.empty(len(sequences))
    with np.errstate(divide="ignore"):
        start, moves = np.log(law.chain.startprob), np.log(law.chain.transmat)

    bounds = passes.batches(sequences)

    def batch(i):
        first, last = bounds[i]
        a, b = int(sequences.offsets[first]), int(sequences.offsets[last])
        logs = law.log_densities(sequences, a, b, own_room().array("b", (b - a, law.chain.n_states)))
        viterbi(logs, sequences.offsets[first : last + 1] - a, start, moves, path[a:b], values[first:last])

    map_chunks(batch, len(bounds), num_threads=num_threads)
    bad = np.flatnonzero(~(values > -np.inf))
    if bad.size:
        raise ImpossibleConditionError(f"sequence {int(bad[0])} has density zero under the model: no path of states can emit it")
    return path, values


def posterior_paths(law, sequences, key, n, start):
    """`n` draws (n, n_steps) of the states of all sequences given the steps; draw i is number start + i of the data set `key`."""
    paths = np.empty((n, len(sequences.values)), np.int64)
    for i in range(len(sequences)):
        a, b = int(sequences.offsets[i]), int(sequences.offsets[i + 1])
        part = np.empty((n, b - a), np.int64)
        own = np.array([key[0], key[1] ^ np.uint64(i)], np.uint64)
        fill_posterior_paths(own, start, one_filter(law, sequences, a, b, i), law.chain.transmat, part)
        paths[:, a:b] = part
    return paths
