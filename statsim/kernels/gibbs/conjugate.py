"""Exact conditionals of conjugate models: Gelman et al. (2013), Bayesian Data Analysis, chapters 2, 3 and appendix A.

Each update changes `x` in place, draws from `random`, and takes its place in x and sufficient statistics as data.
"""

import math

from statsim.kernels.jit import kernel
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def normal_mean_update(x, random, place, precision_place, precision, n, mean, prior_mean, prior_precision):
    """x[place] is the mean of n normal values with sample mean `mean`; their precision is x[precision_place], or `precision` where that is -1."""
    tau = x[precision_place] if precision_place >= 0 else precision
    total = prior_precision + n * tau
    centre = (prior_precision * prior_mean + n * tau * mean) / total
    x[place] = centre + standard_normal(random) / math.sqrt(total)


@kernel
def normal_precision_update(x, random, place, mean_place, known_mean, n, mean, squares, shape, rate):
    """x[place] is the precision of n normal values with sample mean `mean` and sum of squared deviations `squares`; prior gamma(shape, rate)."""
    deviation = mean - (x[mean_place] if mean_place >= 0 else known_mean)
    x[place] = standard_gamma(random, shape + 0.5 * n) / (rate + 0.5 * (squares + n * deviation * deviation))


@kernel
def beta_binomial_update(x, random, place, successes, failures, a, b):
    """x[place] is the probability of `successes` and `failures`, prior beta(a, b)."""
    x[place] = beta(random, a + successes, b + failures)


@kernel
def gamma_poisson_update(x, random, place, total, exposure, shape, rate):
    """x[place] is the rate of counts that sum to `total` over `exposure`, prior gamma(shape, rate)."""
    x[place] = standard_gamma(random, shape + total) / (rate + exposure)


@kernel
def dirichlet_categorical_update(x, random, place, shapes):
    """x[place : place + k] are the probabilities of k categories, of posterior dirichlet `shapes` (k,)."""
    dirichlet(random, shapes, x[place : place + shapes.size])
