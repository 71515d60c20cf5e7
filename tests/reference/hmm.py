"""Hidden Markov models by counting every path of states, and by the plain recursions in logarithms."""

import itertools

import numpy as np
from scipy.special import logsumexp


def paths(n, k):
    """All paths (k^n, n)."""
    return np.array(list(itertools.product(range(k), repeat=n)))


def log_joint(startprob, transmat, log_b):
    """All paths, and the log joint density of each with the sequence whose emissions have log densities log_b (n, k)."""
    n, k = log_b.shape
    every = paths(n, k)
    with np.errstate(divide="ignore"):
        value = np.log(startprob)[every[:, 0]] + log_b[0, every[:, 0]]
        for t in range(1, n):
            value = value + np.log(transmat)[every[:, t - 1], every[:, t]] + log_b[t, every[:, t]]
    return every, value


def summaries(startprob, transmat, log_b):
    """Log-likelihood, smoother (n, k), expected transitions (k, k), filter (n, k), best path and its value, all by enumeration."""
    n, k = log_b.shape
    every, value = log_joint(startprob, transmat, log_b)
    total = logsumexp(value)
    share = np.exp(value - total)
    smoother, pairs = np.zeros((n, k)), np.zeros((k, k))
    for t in range(n):
        np.add.at(smoother[t], every[:, t], share)
        if t:
            np.add.at(pairs, (every[:, t - 1], every[:, t]), share)
    filters = np.empty((n, k))
    for t in range(n):
        some, values = log_joint(startprob, transmat, log_b[: t + 1])
        weights = np.exp(values - logsumexp(values))
        filters[t] = [weights[some[:, t] == j].sum() for j in range(k)]
    best = int(value.argmax())
    return total, smoother, pairs, filters, every[best], value[best]


def log_likelihood(startprob, transmat, log_b):
    """The forward recursion, every sum a logsumexp."""
    with np.errstate(divide="ignore"):
        alpha = np.log(startprob) + log_b[0]
        for row in log_b[1:]:
            alpha = logsumexp(alpha[:, None] + np.log(transmat), axis=0) + row
    return logsumexp(alpha)


def recursions(startprob, transmat, log_b):
    """Log-likelihood, filter (n, k), smoother (n, k) and expected transitions (k, k) by the recursions, every sum a logsumexp."""
    n, k = log_b.shape
    with np.errstate(divide="ignore"):
        moves = np.log(transmat)
        alpha = [np.log(startprob) + log_b[0]]
    for row in log_b[1:]:
        alpha.append(logsumexp(alpha[-1][:, None] + moves, axis=0) + row)
    beta, total = [np.zeros(k)], logsumexp(alpha[-1])
    for row in log_b[:0:-1]:
        beta.append(logsumexp(moves + row + beta[-1], axis=1))
    alpha, beta = np.array(alpha), np.array(beta[::-1])
    pairs = np.zeros((k, k))
    for t in range(1, n):
        pairs += np.exp(alpha[t - 1][:, None] + moves + log_b[t] + beta[t] - total)
    return total, np.exp(alpha - logsumexp(alpha, axis=1, keepdims=True)), np.exp(alpha + beta - total), pairs


def best_path(startprob, transmat, log_b):
    """The most probable path and the log of its joint density; of equal predecessors the first."""
    with np.errstate(divide="ignore"):
        delta, moves = np.log(startprob) + log_b[0], np.log(transmat)
    origins = []
    for row in log_b[1:]:
        candidates = delta[:, None] + moves
        origins.append(candidates.argmax(axis=0))
        delta = candidates.max(axis=0) + row
    path = [int(delta.argmax())]
    for origin in origins[::-1]:
        path.append(int(origin[path[-1]]))
    return path[::-1], delta.max()
