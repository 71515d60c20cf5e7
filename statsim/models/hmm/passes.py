"""Forward and backward passes over many sequences: short ones in batches for the threads, long ones in segments, in memory that does not grow.

A batch is some whole sequences. A sequence too long for that is cut into segments: the forward pass keeps only what is predicted at the beginning
of each segment, and the backward pass filters each segment again before it smooths it.
"""

from dataclasses import dataclass

import numpy as np

from statsim.blocks import map_chunks
from statsim.kernels.hmm.backward import backward
from statsim.kernels.hmm.forward import IMPOSSIBLE, LOST, SOUND, forward
from statsim.kernels.hmm.log_domain import log_backward, log_forward
from statsim.models.hmm.room import own_room

BATCH = 16_384  # steps
SEGMENT_CELLS = 1 << 17  # steps times states: a megabyte for each array
MOST_CELLS = 1 << 24  # of a sequence that is smoothed in one piece


@dataclass(frozen=True)
class Law:
    """A chain (`statsim.models.hmm.chain.Chain`) and what its states emit."""

    chain: object
    emission: object

    def log_densities(self, sequences, begin, end, out=None):
        """Log density (end - begin, k) of steps given each state."""
        out = np.empty((end - begin, self.chain.n_states)) if out is None else out
        self.emission.fill_log_density(sequences.values, sequences.offsets, begin, end, out)
        return out


def batches(sequences):
    """Bounds [(first, last), ...] of runs of whole sequences; a long one stands alone. They depend on the lengths only."""
    bounds, first, offsets = [], 0, sequences.offsets
    while first < len(sequences):
        last = min(int(np.searchsorted(offsets, offsets[first] + BATCH)), len(sequences))
        bounds.append((first, last))
        first = last
    return bounds


@dataclass
class Filtered:
    """Steps from `begin` on after a forward pass: densities relative to the highest, filter, scales, offsets within."""

    begin: int
    b: np.ndarray
    alpha: np.ndarray
    scale: np.ndarray
    offsets: np.ndarray
    log_likelihood: np.ndarray
    status: np.ndarray


def filtered(law, sequences, begin, end, offsets, initial, room, *, keep=True):
    """The forward pass over steps [begin, end), sequences beginning at `offsets` (relative) with the law `initial` of their first state.

    The arrays are those of `room`, until it is used again. Without `keep` the filter (1, k) is that of the very last step, and there are no scales.
    """
    n, k = end - begin, law.chain.n_states
    b, highest = room.array("b", (n, k)), room.array("highest", (n,))
    law.emission.fill_relative_density(sequences.values, sequences.offsets, begin, end, b, highest)
    alpha, scale = (room.array("alpha", (n, k)), room.array("scale", (n,))) if keep else (np.empty((1, k)), np.empty(0))
    m = len(offsets) - 1
    found, status = np.empty(m), np.empty(m, np.int64)
    forward(b, highest, offsets, initial, law.chain.transmat, law.chain.is_strict, alpha, scale, found, status)
    return Filtered(begin, b, alpha, scale, offsets, found, status)


def log_likelihoods(law, sequences, *, num_threads=None):
    """Log-likelihood (n_sequences,) of each sequence; minus infinity where it is impossible."""
    bounds = batches(sequences)
    parts = map_chunks(lambda i: _batch_log_likelihoods(law, sequences, *bounds[i]), len(bounds), num_threads=num_threads)
    return np.concatenate(parts)


def _batch_log_likelihoods(law, sequences, first, last):
    offsets = sequences.offsets
    begin, end = int(offsets[first]), int(offsets[last])
    if last - first == 1 and (end - begin) * law.chain.n_states > SEGMENT_CELLS:
        return np.array([LongPass(law, sequences, first, own_room()).log_likelihood])
    done = filtered(law, sequences, begin, end, offsets[first : last + 1] - begin, law.chain.startprob, own_room(), keep=False)
    for i in np.flatnonzero(done.status == LOST):
        log_b = law.log_densities(sequences, int(offsets[first + i]), int(offsets[first + i + 1]))
        done.log_likelihood[i] = log_forward(log_b, *_logs(law), np.empty(log_b.shape))
    return done.log_likelihood


def _logs(law):
    with np.errstate(divide="ignore"):
        return np.log(law.chain.startprob), np.log(law.chain.transmat)


class Visitor:
    """What is done with the posteriors of steps [begin, end) of the data: a subclass writes them down or adds them up."""

    def posterior(self, begin, end, gamma, weights):
        """gamma (end - begin, k): probability of each state given the whole sequence; weights (end - begin,) of the steps."""


@dataclass
class Totals:
    """Sums over sequences: weighted log-likelihood, expected transitions (k, k), posteriors of first steps (k,)."""

    objective: float
    pairs: np.ndarray
    first: np.ndarray


def smooth_batch(law, sequences, first, last, weights, visitor, room=None):
    """Posteriors of the sequences [first, last) to `visitor`; their `Totals`. `weights` (n_sequences,), all positive."""
    room = own_room() if room is None else room
    offsets = sequences.offsets
    begin, end = int(offsets[first]), int(offsets[last])
    k = law.chain.n_states
    if last - first == 1 and (end - begin) * k > MOST_CELLS:
        return LongPass(law, sequences, first, room).smooth(float(weights[first]), visitor)
    done = filtered(law, sequences, begin, end, offsets[first : last + 1] - begin, law.chain.startprob, room)
    own = np.ascontiguousarray(weights[first:last])
    pairs, start = np.zeros((k, k)), np.zeros(k)
    sound = np.where(done.status == SOUND, own, 0.0)  # 0 leaves a sequence as it is
    backward(done.b, done.scale, done.offsets, sound, law.chain.transmat, np.zeros(k), False, done.alpha, pairs, start)
    pairs *= law.chain.transmat
    _smooth_lost(law, sequences, done, own, pairs, start)
    visitor.posterior(begin, end, done.alpha, _step_weights(own, done.offsets, room))
    return Totals(float(np.sum(done.log_likelihood * own)), pairs, start)


def _step_weights(weights, offsets, room):
    """Weight of each step."""
    if len(weights) > 1:
        return np.repeat(weights, np.diff(offsets))
    steps = room.array("weights", (int(offsets[-1]),))
    steps.fill(weights[0])
    return steps


def _smooth_lost(law, sequences, done, weights, pairs, start):
    """The sequences of a batch that need logarithms; impossible ones have no posterior (NaN)."""
    for i in np.flatnonzero(done.status != SOUND):
        a, b = done.offsets[i], done.offsets[i + 1]
        if done.status[i] == LOST:
            log_start, log_transition = _logs(law)
            log_b = law.log_densities(sequences, int(done.begin + a), int(done.begin + b))
            done.log_likelihood[i] = log_forward(log_b, log_start, log_transition, done.alpha[a:b])
        if not done.log_likelihood[i] > -np.inf:
            done.alpha[a:b] = np.nan
            continue
        log_backward(log_b, log_transition, np.zeros(len(start)), False, weights[i], done.alpha[a:b], done.log_likelihood[i], pairs, start)


class LongPass:
    """One long sequence, segment by segment; in logarithms from the beginning where the scaled form loses a state."""

    def __init__(self, law, sequences, number, room):
        self.law, self.sequences, self.room = law, sequences, room
        self.begin, self.end = int(sequences.offsets[number]), int(sequences.offsets[number + 1])
        size = max(1, SEGMENT_CELLS // law.chain.n_states)
        self.bounds = [(a, min(a + size, self.end)) for a in range(self.begin, self.end, size)]
        self.in_logs, self.carries, self.log_likelihood = False, [], 0.0
        if not self._scaled_forward():
            self._log_forward()

    def _scaled_forward(self):
        carry = self.law.chain.startprob
        for a, b in self.bounds:
            self.carries.append(carry)
            done = self._segment(a, b, carry, keep=False)
            if done.status[0] == LOST:
                return False
            self.log_likelihood += float(done.log_likelihood[0])
            if done.status[0] == IMPOSSIBLE:
                return True
            carry = done.alpha[-1] @ self.law.chain.transmat
        return True

    def _segment(self, a, b, carry, *, keep=True):
        return filtered(self.law, self.sequences, a, b, np.array([0, b - a], np.int64), carry, self.room, keep=keep)

    def _log_forward(self):
        self.in_logs, self.carries, self.log_likelihood = True, [], -np.inf
        carry, log_transition = _logs(self.law)
        for a, b in self.bounds:
            self.carries.append(carry)
            log_alpha = np.empty((b - a, len(carry)))
            self.log_likelihood = log_forward(self.law.log_densities(self.sequences, a, b), carry, log_transition, log_alpha)
            carry = np.logaddexp.reduce(log_alpha[-1][:, None] + log_transition, axis=0)

    def smooth(self, weight, visitor):
        """Posteriors of all steps to `visitor`, the last segment first; the `Totals`."""
        k = self.law.chain.n_states
        pairs, start = np.zeros((k, k)), np.zeros(k)
        if not self.log_likelihood > -np.inf:
            visitor.posterior(self.begin, self.end, np.full((self.end - self.begin, k), np.nan), np.full(self.end - self.begin, weight))
            return Totals(-np.inf, pairs, start)
        step_back = self._log_segment_back if self.in_logs else self._segment_back
        following, ignored = np.zeros(k), np.zeros(k)
        for i in range(len(self.bounds) - 1, -1, -1):
            gamma = step_back(i, following, weight, pairs, start if i == 0 else ignored)
            visitor.posterior(*self.bounds[i], gamma, np.full(len(gamma), weight))
        if not self.in_logs:
            pairs *= self.law.chain.transmat
        return Totals(weight * self.log_likelihood, pairs, start)

    def _segment_back(self, i, following, weight, pairs, start):
        done = self._segment(*self.bounds[i], self.carries[i])
        last = i == len(self.bounds) - 1
        chain = self.law.chain
        backward(done.b, done.scale, done.offsets, np.array([weight]), chain.transmat, following, not last, done.alpha, pairs, start)
        return done.alpha

    def _log_segment_back(self, i, following, weight, pairs, start):
        a, b = self.bounds[i]
        log_b, (_, log_transition) = self.law.log_densities(self.sequences, a, b), _logs(self.law)
        log_alpha = np.empty(log_b.shape)
        log_forward(log_b, self.carries[i], log_transition, log_alpha)
        last = i == len(self.bounds) - 1
        log_backward(log_b, log_transition, following, not last, weight, log_alpha, self.log_likelihood, pairs, start)
        return log_alpha
