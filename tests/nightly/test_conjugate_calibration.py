"""Simulation-based calibration of conjugate vector autoregressions and of block models with 1000 replications each."""

import os

import numpy as np
from scipy import stats

import statsim as ss
from statsim import priors, testing
from statsim.estimators.variational_em import VariationalEM
from statsim.models.graphs.label_gibbs import LabelChains

ENTROPY = int(os.environ["STATSIM_NIGHTLY_ENTROPY"])
REPLICATIONS = 1000
BLOCKS = priors.BlockPrior(concentration=0.7, a=2.0, b=3.0)


def ranked(values, truth, rng):
    """Ranks of the truth (k,) among 99 values (99, k), spread evenly over [0, 1]."""
    return ((values < truth).sum(axis=0) + rng.random(len(truth))) / 100


def test_vector_autoregressions():
    rng, prior = np.random.default_rng([ENTROPY, 20]), priors.MatrixNormalInverseWishart(np.zeros((2, 2)), 0.1 * np.eye(2), np.eye(2), 6.0)
    ranks, start = [], np.array([[0.5, -0.5]])
    for number in range(REPLICATIONS):
        sigma = stats.invwishart.rvs(6.0, np.eye(2), random_state=rng)
        B = np.sqrt(0.1) * rng.normal(size=(2, 2)) @ np.linalg.cholesky(sigma).T
        x = ss.VectorAutoRegression.from_parameters(coefficients=B.T[None], noise_covariance=sigma, initial=start).sample(8, rng=number)
        model = ss.VectorAutoRegression(1, trend="n", initial=start, method=ss.Bayes(prior=prior, draws=99, chains=1), rng=number).fit(x)
        ranks.append(ranked(model.posterior_.values[0], np.concatenate([B.T.ravel(), sigma.ravel()]), rng))
    for column in np.array(ranks).T:
        testing.assert_follows(column, stats.uniform.cdf)


def test_block_models():
    rng, ranks = np.random.default_rng([ENTROPY, 21]), []
    sampler = LabelChains(chains=1, warmup=100, start=VariationalEM(n_init=1))
    for number in range(REPLICATIONS):
        weights, p = rng.dirichlet([0.7, 0.7]), rng.beta(2.0, 3.0, (2, 2))
        p[1, 0] = p[0, 1]
        graph = ss.StochasticBlockModel.from_parameters(block_probabilities=p, weights=weights, n_nodes=10).sample(rng=number)
        found = ss.StochasticBlockModel(2, method=ss.Bayes(prior=BLOCKS, sampler=sampler, draws=990, chains=1), rng=number).fit(graph).posterior_
        w, P = found.weights[::10], found.probabilities[::10]
        values = np.stack([np.einsum("tq,tqk,tk->t", w, P, w), (w**2).sum(axis=1)], axis=1)
        ranks.append(ranked(values, np.array([weights @ p @ weights, weights @ weights]), rng))
    for column in np.array(ranks).T:
        testing.assert_follows(column, stats.uniform.cdf)
