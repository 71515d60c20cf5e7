"""Slow twins of the chain diagnostics: the formulas of the papers, one draw at a time, for draws (chain, draw)."""

import math
from statistics import NormalDist

import numpy as np


def halves(draws):
    rows = []
    for chain in draws:
        half = len(chain) // 2
        rows += [list(chain[:half]), list(chain[len(chain) - half :])]
    return rows


def normal_scores(rows):
    flat = [x for row in rows for x in row]
    total = len(flat)
    score = {}
    for x in set(flat):
        below, equal = sum(y < x for y in flat), sum(y == x for y in flat)
        score[x] = NormalDist().inv_cdf((below + (equal + 1) / 2 - 3 / 8) / (total + 1 / 4))
    return [[score[x] for x in row] for row in rows]


def folded(rows):
    median = np.median([x for row in rows for x in row])
    return [[abs(x - median) for x in row] for row in rows]


def mean(row):
    return math.fsum(row) / len(row)


def variance(row):
    centre = mean(row)
    return math.fsum((x - centre) ** 2 for x in row) / (len(row) - 1)


def r_hat_of(rows):
    n = len(rows[0])
    within = mean([variance(row) for row in rows])
    between = n * variance([mean(row) for row in rows])
    return math.sqrt(((n - 1) / n * within + between / n) / within)


def r_hat(draws):
    rows = halves(draws)
    return max(r_hat_of(normal_scores(rows)), r_hat_of(normal_scores(folded(rows))))


def autocovariance(row, lag):
    centre = mean(row)
    return math.fsum((row[i] - centre) * (row[i + lag] - centre) for i in range(len(row) - lag)) / len(row)


def effective_size_of(rows):
    """Geyer's initial monotone positive sequence over pairs (rho_0 + rho_1), (rho_2 + rho_3), ..."""
    m, n = len(rows), len(rows[0])
    if len({x for row in rows for x in row}) == 1:
        return m * n
    within = mean([variance(row) for row in rows])
    total = (n - 1) / n * within + variance([mean(row) for row in rows])

    def rho(lag):
        return 1.0 if lag == 0 else 1 - (within - mean([autocovariance(row, lag) for row in rows])) / total

    pairs, j = [(rho(0), rho(1))], 1
    while sum(pairs[-1]) > 0 and 2 * j < n - 2:
        pairs.append((rho(2 * j), rho(2 * j + 1)))
        j += 1
    *kept, (even, odd) = pairs
    sums = []
    for pair in kept:
        sums.append(min(sum(pair), sums[-1]) if sums else sum(pair))
    last = even if (even + odd >= 0 or even > 0) else 0
    tau = -1 + 2 * sum(sums) + last if kept else 0
    return m * n / max(tau, 1 / math.log10(m * n))


def ess_bulk(draws):
    return effective_size_of(normal_scores(halves(draws)))


def ess_mean(draws):
    return effective_size_of(halves(draws))


def squares(draws):
    centre = mean([x for chain in draws for x in chain])
    return [[(x - centre) ** 2 for x in chain] for chain in draws]


def ess_sd(draws):
    return effective_size_of(halves(squares(draws)))


def ess_quantile(draws, probability):
    quantile = np.quantile(draws, probability)
    return effective_size_of(halves([[float(x <= quantile) for x in chain] for chain in draws]))


def ess_tail(draws):
    return min(ess_quantile(draws, 0.05), ess_quantile(draws, 0.95))


def mcse_mean(draws):
    return math.sqrt(variance([x for chain in draws for x in chain]) / ess_mean(draws))


def mcse_sd(draws):
    flat = [x for chain in squares(draws) for x in chain]
    second, fourth = mean(flat), mean([x**2 for x in flat])
    return math.sqrt((fourth - second**2) / ess_sd(draws) / (4 * second))


def e_bfmi(energy):
    return [sum((b - a) ** 2 for a, b in zip(chain, chain[1:], strict=False)) / sum((e - mean(chain)) ** 2 for e in chain) for chain in map(list, energy)]


def fit_generalised_pareto(exceedances):
    """Zhang and Stephens (2009), equations 5 to 8 in b = -theta, then the prior of Vehtari et al. (2024), appendix G."""
    x = list(exceedances)
    n = len(x)
    m = 30 + math.floor(math.sqrt(n))
    quartile = x[math.floor(n / 4 + 0.5) - 1]
    theta = [1 / x[-1] + (1 - math.sqrt(m / (j - 0.5))) / (3 * quartile) for j in range(1, m + 1)]

    def k(t):
        return -mean([math.log1p(-t * v) for v in x])

    def profile(t):
        return n * (math.log(t / k(t)) + k(t) - 1)

    weights = [1 / sum(math.exp(min(profile(s) - profile(t), 700)) for s in theta) for t in theta]
    chosen = sum(t * w for t, w in zip(theta, weights, strict=True)) / sum(weights)
    shape = -k(chosen)
    return (n * shape + 10 * 0.5) / (n + 10), k(chosen) / chosen


def pareto_smooth(log_weights):
    """Normalised weights (not their logarithms) and k-hat."""
    raw = [math.exp(v - max(log_weights)) for v in log_weights]
    n = len(raw)
    count = math.floor(min(n / 5, 3 * math.sqrt(n)))
    order = sorted(range(n), key=lambda i: raw[i])
    tail, cutoff = order[n - count :], raw[order[n - count - 1]]
    shape, scale = fit_generalised_pareto([raw[i] - cutoff for i in tail])
    for place, i in enumerate(tail):
        p = (place + 0.5) / count
        raw[i] = min(cutoff + scale / shape * ((1 - p) ** -shape - 1), 1.0)
    return [w / sum(raw) for w in raw], shape
