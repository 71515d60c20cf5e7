"""Draws that take hours are warned of, those that take months refused, before any work."""

import time

import numpy as np
import pytest

import statsim as ss
from statsim.errors import ArgumentError, SamplerWarning
from statsim.models.graphs import patience

MANY = {
    "positions": lambda n: ss.LatentPositionGraph.from_parameters(
        features=ss.GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[1.0]]]), n_nodes=n, intercept=-40.0, coefficients={"distance": -1.0}
    ),
    "family": lambda n: ss.ExponentialRandomGraph.from_parameters(n_nodes=n, coefficients={"edges": -3.0, "triangles": 0.1}, sweeps=10**6),
}


@pytest.mark.parametrize(("name", "n"), [("positions", 10**8), ("family", 10_000)])
def test_months_are_refused_at_once(name, n):
    model, begun = MANY[name](n), time.perf_counter()
    with pytest.raises(ArgumentError, match=r"would take about .* hours of one core: every pair of nodes is looked at; use fewer nodes"):
        model.sample_edges(rng=0)
    if name == "family":
        with pytest.raises(ArgumentError, match="hours of one core"):
            model.sample(rng=0)
    assert time.perf_counter() - begun < 5


def test_hours_are_warned_of_and_seconds_are_not():
    with pytest.warns(SamplerWarning, match=r"this graph will take about 2 hours of one core"):
        patience.require_patience(7200.0, "this graph")
    with pytest.warns(SamplerWarning, match="hours"):
        MANY["positions"](10**6).sample_edges(rng=0)
    MANY["positions"](50).sample(2, rng=0)


def test_a_likelihood_over_all_pairs_is_judged_too():
    model = MANY["positions"](10**8)
    with pytest.raises(ArgumentError, match="this likelihood would take"):
        model._given(None, np.zeros((0, 1)))
