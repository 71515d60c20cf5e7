"""Exponential families of graphs under priors, against sums over all graphs of a few nodes."""

import numpy as np
import pytest
from scipy.optimize import minimize

import statsim as ss
from statsim import priors
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.graphs.graph_family import UNDIRECTED
from tests.samplers.agreement import Truth, assert_agrees

GRAPH = np.zeros((5, 5), int)
for _i, _j in [(0, 1), (1, 2), (0, 2), (2, 3)]:
    GRAPH[_i, _j] = GRAPH[_j, _i] = 1
SEEN, COUNTS = np.array([4.0, 1.0]), UNDIRECTED.counts_of_all(5)[:, [0, 3]]
PRIOR = priors.Normal(loc=0.0, scale=1.5)


def log_posterior(theta, scale=1.5):
    """Exact, up to a constant."""
    return theta @ SEEN - np.logaddexp.reduce(COUNTS @ theta) - 0.5 * np.sum(theta**2) / scale**2


def test_the_mode_is_that_of_the_sum_over_all_graphs():
    model = ss.ExponentialRandomGraph(method=ss.MAP(prior=PRIOR), rng=3).fit(GRAPH)
    exact = minimize(lambda theta: -log_posterior(theta), np.zeros(2), tol=1e-10).x
    errors = np.array(list(model.monte_carlo_errors_.values()))
    away = (np.array(list(model.coefficients_.values())) - exact) / errors
    assert np.abs(away).max() < 5.6  # of a normal law, twice 1e-8
    assert not np.abs((np.array(list(model.coefficients_.values())) - minimize(lambda theta: -log_posterior(theta, 5.0), np.zeros(2)).x) / errors).max() < 5.6


def test_every_graph_has_a_mode():
    empty = ss.ExponentialRandomGraph(method="map", rng=0).fit(np.zeros((5, 5), int))
    assert -6 < empty.coefficients_["edges"] < -1


def test_exchange_draws_the_posterior(tmp_path):
    model = ss.ExponentialRandomGraph(method=ss.Bayes(prior=PRIOR), rng=3).fit(GRAPH)
    axes = np.linspace(-7, 7, 141)
    points = np.stack([axis.ravel() for axis in np.meshgrid(axes, axes)], axis=1)

    def truth(scale):
        logs = points @ SEEN - np.logaddexp.reduce(points @ COUNTS.T, axis=1) - 0.5 * (points**2).sum(axis=1) / scale**2
        law = np.exp(logs - logs.max())
        mean = law @ points / law.sum()
        return Truth(mean=mean, sd=np.sqrt(law @ (points - mean) ** 2 / law.sum()))

    assert_agrees(model.posterior_.values, truth(1.5))
    with pytest.raises(AssertionError):  # the broken twin: a wider prior
        assert_agrees(model.posterior_.values, truth(2.5))
    model.save(tmp_path / "e.json")
    back = ss.load(tmp_path / "e.json")
    assert (back.posterior_.values == model.posterior_.values).all()
    assert (back.sample(3, rng=1)[2] != model.sample(rng=1, start=2)).nnz == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.ExponentialRandomGraph(method=ss.MAP(prior=priors.Laplace())).fit(GRAPH), "the mode is found under statsim.priors.Normal"),
        (lambda: ss.ExponentialRandomGraph(method=ss.MAP(prior={"edges": PRIOR})).fit(GRAPH), "'triangles' has no prior"),
        (lambda: ss.ExponentialRandomGraph(method=ss.MAP(penalty=2.0)).fit(GRAPH), "penalty=2.0: coefficients of graphs take a prior"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
