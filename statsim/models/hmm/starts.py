"""Where Baum-Welch starts: groups of steps by k-means, or stretches at random, made into laws by one M step."""

from dataclasses import replace

import numpy as np

from statsim.kernels.mixture.kmeans import assign, lloyd, seed_plus_plus, seed_random
from statsim.kernels.streams import fill_uniform, seed_block
from statsim.models.hmm.chain import Chain, stationary
from statsim.models.hmm.state import HiddenMarkovState
from statsim.sequences import Sequences

_SUBSAMPLE_BLOCK = 2**62  # a block number that no start has
_STRETCH = 500  # steps of the pieces that a long sequence is cut into for short runs
_STAYS = (0.5, 0.8, 0.95)
_LLOYD_ITERATIONS = 30
_SHARE = 0.9  # of a group in its own state; the rest is shared, so that no state starts without spread


class HiddenMarkovStarts:
    """Starts of the problem `steps` (`HiddenMarkovSteps`)."""

    def __init__(self, steps):
        self.steps = steps
        values = steps.sequences.values
        self.pooled = steps.template.pooled(values, steps.k)
        means = np.nanmean(values, axis=0) if len(values) else 0.0
        self.filled = np.where(np.isnan(values), means, values)

    def reduced(self, max_rows, key):
        """The same problem on pieces of the sequences, about `max_rows` steps together, drawn at random."""
        sequences, steps = self.steps.sequences, self.steps
        most = max(max_rows, 50 * steps.k)
        if len(sequences.values) <= most:
            return steps
        free = steps.allowed_first.all() and steps.fixed_start is None
        owner, begins, ends = _pieces(sequences.offsets, _STRETCH if free else len(sequences.values))
        uniforms = np.empty(len(begins))
        fill_uniform(_stream(key, _SUBSAMPLE_BLOCK), uniforms)
        order = np.argsort(-np.log1p(-uniforms) / steps.weights[owner], kind="stable")
        count = int(np.searchsorted(np.cumsum((ends - begins)[order]), most)) + 1
        chosen = np.sort(order[:count])
        values = np.concatenate([sequences.values[begins[i] : ends[i]] for i in chosen])
        offsets = np.concatenate([[0], np.cumsum((ends - begins)[chosen])]).astype(np.int64)
        return replace(steps, sequences=Sequences(values, offsets), weights=np.ones(len(chosen)))

    def draw(self, index, init, key):
        """The state of start number `index`."""
        random = _stream(key, index)
        k = self.steps.k
        labels = self._stretches(random) if init == "random" or not self.steps.template.standardises else self._groups(init, random)
        gamma = np.full((len(labels), k), (1.0 - _SHARE) / k)
        gamma[np.arange(len(labels)), labels] += _SHARE
        return self._state(self._law(gamma), _STAYS[index // 3 % len(_STAYS)], random)

    def moved(self, state, index, key):
        """`state` with one of its states, drawn at random, set down at a random stretch of steps."""
        random = _stream(key, index)
        uniforms = np.empty(2)
        fill_uniform(random, uniforms)
        n, k = len(self.filled), self.steps.k
        chosen, place = int(uniforms[0] * k), int(uniforms[1] * n)
        gamma = np.tile((state.counts if state.counts is not None else np.ones(k)) / n, (n, 1))
        length = max(2 * int(self.steps.template.least_support()) + 2, n // (20 * k) + 1)
        gamma[:, chosen] = 1e-3
        gamma[place : place + length, chosen] = 1.0
        placed = self._law(gamma / gamma.sum(axis=1, keepdims=True))
        law = state.emission.with_state(placed, chosen)
        uniform = np.where(self.steps.allowed, 1.0, 0.0) / self.steps.allowed.sum(axis=1, keepdims=True)
        transmat = 0.8 * state.chain.transmat + 0.2 * uniform
        return state._replace(chain=Chain(self._first(state.chain.startprob, transmat), transmat), emission=law, counts=None)

    # ------------------------------------------------------------ inside

    def _state(self, emission, stay, random):
        steps = self.steps
        noise = np.empty((steps.k + 1, steps.k))
        fill_uniform(random, noise.ravel())
        transmat = np.where(steps.allowed, 0.5 + noise[:-1], 0.0)
        np.fill_diagonal(transmat, 0.0)
        others = transmat.sum(axis=1, keepdims=True)
        stays = np.where(steps.allowed.diagonal(), stay, 0.0)[:, None]
        stays = np.where(others > 0, stays, 1.0)
        transmat = (1.0 - stays) * np.divide(transmat, others, out=np.zeros_like(transmat), where=others > 0) + stays * np.eye(steps.k)
        start = np.where(steps.allowed_first, 0.5 + noise[-1], 0.0)
        return HiddenMarkovState(Chain(self._first(start / start.sum(), transmat), transmat), emission)

    def _first(self, start, transmat):
        if self.steps.start_is_stationary:
            return stationary(transmat)
        return start if self.steps.fixed_start is None else self.steps.fixed_start

    def _law(self, gamma):
        """The emission that one M step from equal states gives."""
        sequences = self.steps.sequences
        sums = self.pooled.empty_sums()
        weights = np.repeat(self.steps.weights, sequences.lengths)
        self.pooled.add_sums(sequences.values, sequences.offsets, 0, len(sequences.values), gamma, weights, sums)
        return self.steps.first_emission(self.pooled, sums)

    def _groups(self, init, random):
        """Labels (n,) of k-means."""
        space, k = self.filled, self.steps.k
        weights = np.repeat(self.steps.weights, self.steps.sequences.lengths)
        centres, labels = np.empty((k, space.shape[1])), np.full(len(space), -1)
        (seed_random if init == "random" else seed_plus_plus)(space, weights, random, centres)
        if init == "kmeans":
            lloyd(space, weights, centres, labels, _LLOYD_ITERATIONS)
        assign(space, centres, labels)
        return labels

    def _stretches(self, random):
        """Labels (n,) of stretches of about ten steps, a state at random for each."""
        n, k = len(self.filled), self.steps.k
        uniforms = np.empty(2 * n)
        fill_uniform(random, uniforms)
        begins = np.cumsum(np.append(True, uniforms[1:n] < 0.1)) - 1
        return np.minimum((uniforms[n:][begins] * k).astype(np.int64), k - 1)


def _pieces(offsets, most):
    """Owner, first step and end of the pieces of at most `most` steps of all sequences."""
    owner, begins, ends = [], [], []
    for i, (a, b) in enumerate(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)):
        cuts = list(range(a, b, most))
        owner += [i] * len(cuts)
        begins += cuts
        ends += [*cuts[1:], b]
    return np.array(owner), np.array(begins), np.array(ends)


def _stream(key, block):
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(block), state)
    return state
