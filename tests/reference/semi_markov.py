"""Hidden semi-Markov models by enumeration: every path of states, its sojourns read off, the last one with its survivor function."""

import itertools

import numpy as np
from scipy import stats


def shorter_than(law, longest):
    """P(D = u), u = 1..longest, of a frozen SciPy law of D whose sojourns of `longest` steps end there."""
    u = np.arange(1, longest + 1)
    pmf = law.pmf(u)
    pmf[-1] = law.sf(longest - 1)
    return pmf


def geometric(p):
    return stats.geom(p)


def poisson(rate):
    return stats.poisson(rate, loc=1)


def negative_binomial(size, p):
    return stats.nbinom(size, p, loc=1)


def runs(path):
    """(state, steps) of each sojourn of a path."""
    return [(state, len(list(group))) for state, group in itertools.groupby(path)]


def path_probability(path, start, transmat, pmf):
    """Probability that the states begin as `path`; pmf (k, D)."""
    sojourns = runs(path)
    probability = start[path[0]]
    for i, (state, steps) in enumerate(sojourns):
        if i:
            probability *= transmat[sojourns[i - 1][0], state]
        law = pmf[state]
        probability *= law[steps - 1 :].sum() if i == len(sojourns) - 1 else (law[steps - 1] if steps <= len(law) else 0.0)
    return probability


class Enumeration:
    """All there is to know about one sequence with densities b (n, k)."""

    def __init__(self, b, start, transmat, pmf):
        n, k = b.shape
        self.paths = [tuple(path) for path in itertools.product(range(k), repeat=n)]
        self.joint = np.array([path_probability(path, start, transmat, pmf) * np.prod(b[np.arange(n), path]) for path in self.paths])
        self.total = self.joint.sum()
        self.posterior = self.joint / self.total
        self.gamma = np.zeros((n, k))
        self.pairs, self.completed, self.censored = np.zeros((k, k)), np.zeros((k, pmf.shape[1])), np.zeros((k, pmf.shape[1]))
        for path, share in zip(self.paths, self.posterior, strict=True):
            if share > 0:
                self._count(path, share)

    def _count(self, path, share):
        self.gamma[np.arange(len(path)), path] += share
        sojourns = runs(path)
        for (state, steps), (after, _) in zip(sojourns[:-1], sojourns[1:], strict=True):
            self.completed[state, steps - 1] += share
            self.pairs[state, after] += share
        self.censored[sojourns[-1][0], sojourns[-1][1] - 1] += share
