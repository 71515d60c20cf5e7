"""The posterior of the parameters of a hidden Markov model, slowly: its log density by SciPy, and its moments by summing over every path of states."""

import numpy as np
from scipy import stats
from scipy.special import gammaln, logsumexp

from tests.reference import hmm as plain


def log_prior(parameters, prior, kind):
    """Log density of the prior: of start and rows where they are given, and of the emission with respect to its own coordinates.

    `parameters` holds "rows" [(row, concentrations), ...], and means and factors, rates, or probabilities.
    """
    value = sum(stats.dirichlet(shapes).logpdf(row) for row, shapes in parameters["rows"])
    if kind == "poisson":
        return value + stats.gamma(prior.shape, scale=1 / prior.rate).logpdf(parameters["rates"]).sum()
    if kind == "categorical":
        return value + sum(stats.dirichlet(prior.concentration).logpdf(row) for row in parameters["probabilities"])
    return value + _log_normal_prior(parameters["means"], parameters["factors"], prior, kind)


def _log_normal_prior(means, factors, prior, kind):
    scale, value = prior.scale @ prior.scale.T, 0.0
    for c, (mean, factor) in enumerate(zip(means, factors, strict=True)):
        sigma = factor @ factor.T
        value += stats.multivariate_normal(prior.mean, sigma / prior.weight).logpdf(mean)
        if kind == "full" or (kind == "tied" and c == 0):
            value += stats.invwishart(prior.degrees, scale).logpdf(sigma) + log_jacobian(factor)
        elif kind == "diag":
            deviations = np.diagonal(factor)
            value += sum(stats.invgamma(prior.degrees / 2, scale=s / 2).logpdf(v**2) + np.log(2 * v) for v, s in zip(deviations, np.diagonal(scale), strict=True))
        elif kind == "spherical":
            value += stats.invgamma(prior.degrees / 2, scale=np.trace(scale) / 2).logpdf(factor[0, 0] ** 2) + np.log(2 * factor[0, 0])
    return value


def log_jacobian(factor):
    """Log determinant of the derivative of C C^T in C, lower entries of both."""
    places = list(zip(*np.tril_indices(len(factor)), strict=True))
    columns = []
    for i, j in places:
        change = np.zeros(factor.shape)
        change[i, j] = 1.0
        moved = change @ factor.T + factor @ change.T
        columns.append([moved[place] for place in places])
    return np.linalg.slogdet(np.array(columns))[1]


def log_likelihood(startprob, transmat, log_b, lengths):
    """Of sequences that lie end to end."""
    parts = np.split(log_b, np.cumsum(lengths)[:-1])
    return sum(plain.log_likelihood(startprob, transmat, part) for part in parts)


class PathSum:
    """Exact posterior moments for one short sequence whose start is known: a mixture over paths of conjugate laws.

    `emission(steps of a state)` gives the log marginal density of these steps, and the means and second moments of the parameters given them.
    """

    def __init__(self, X, startprob, shapes, emission):
        k, n = len(startprob), len(X)
        logs, means, squares = [], [], []
        for path in plain.paths(n, k):
            counts = np.zeros((k, k))
            np.add.at(counts, (path[:-1], path[1:]), 1)
            parts = [emission(X[path == c]) for c in range(k)]
            value = np.log(startprob[path[0]]) + sum(_log_dirichlet_multinomial(row, own) for row, own in zip(counts, shapes, strict=True))
            after = shapes + counts
            total = after.sum(axis=1, keepdims=True)
            logs.append(value + sum(part[0] for part in parts))
            means.append(np.concatenate([(after / total).ravel(), *(part[1] for part in parts)]))
            squares.append(np.concatenate([(after * (after + 1) / (total * (total + 1))).ravel(), *(part[2] for part in parts)]))
        self.log_evidence = float(logsumexp(logs))
        share = np.exp(np.array(logs) - self.log_evidence)
        self.mean = share @ np.array(means)
        self.sd = np.sqrt(share @ np.array(squares) - self.mean**2)


def _log_dirichlet_multinomial(counts, shapes):
    """Of a given order of the symbols."""
    return gammaln(shapes.sum()) - gammaln((shapes + counts).sum()) + (gammaln(shapes + counts) - gammaln(shapes)).sum()


def poisson_steps(prior):
    """Rates given counts, gamma prior with one column."""

    def law(steps):
        a, b = prior.shape[0], prior.rate[0]
        after, rate = a + steps.sum(), b + len(steps)
        value = gammaln(after) - gammaln(a) + a * np.log(b) - after * np.log(rate) - gammaln(steps + 1).sum()
        return value, [after / rate], [after * (after + 1) / rate**2]

    return law


def categorical_steps(prior):
    """Probabilities given symbols."""

    def law(steps):
        counts = np.bincount(steps.ravel().astype(int), minlength=len(prior.concentration))
        after = prior.concentration + counts
        total = after.sum()
        return _log_dirichlet_multinomial(counts, prior.concentration), after / total, after * (after + 1) / (total * (total + 1))

    return law


def normal_steps(prior):
    """Means given steps, normal-inverse-Wishart prior: the marginal law of a mean is Student's (Gelman et al. 2013, section 3.6)."""
    scale = prior.scale @ prior.scale.T
    d = len(scale)

    def constant(degrees, matrix, kappa):
        return d * degrees / 2 * np.log(2) + sum(gammaln((degrees - i) / 2) for i in range(d)) - degrees / 2 * np.linalg.slogdet(matrix)[1] - d / 2 * np.log(kappa)

    def law(steps):
        n = len(steps)
        kappa, degrees, mean, matrix = prior.weight + n, prior.degrees + n, prior.mean, scale
        if n:
            centre = steps.mean(axis=0)
            away = centre - prior.mean
            mean = (prior.weight * prior.mean + n * centre) / kappa
            matrix = scale + (steps - centre).T @ (steps - centre) + prior.weight * n / kappa * np.outer(away, away)
        value = constant(degrees, matrix, kappa) - constant(prior.degrees, scale, prior.weight) - n * d / 2 * np.log(2 * np.pi)
        variance = np.diagonal(matrix) / (kappa * (degrees - d - 1))
        return value, mean, mean**2 + variance

    return law
