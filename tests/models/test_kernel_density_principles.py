"""Bandwidths by a principle: modes and posteriors under the leave-one-out likelihood, against sums over pairs and quadrature."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.special import logsumexp

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.kde.bandwidths.posterior import BandwidthSteps
from statsim.models.kde.bandwidths.ties import Counting
from tests.samplers.agreement import Truth, assert_agrees

X = np.random.default_rng(3).normal(size=(40, 2)) * [1.0, 50.0] + [3.0, 0.0]
FEW = np.array([0.0, 0.4, 1.1, 2.5, 2.7, 4.0])[:, None]
WIDE = priors.Gamma(shape=4.0, rate=8.0)


def left_out_likelihood(x, h):
    """By loops over rows: sum over i of log of the mean over the others of the kernel."""
    total = 0.0
    for i in range(len(x)):
        others = np.delete(x, i, axis=0)
        total += logsumexp(stats.norm.logpdf(x[i], others, h).sum(axis=1)) - np.log(len(others))
    return total


def test_the_log_posterior_is_the_sum_and_its_slopes_are_its_differences():
    steps = BandwidthSteps.of(X, Counting(np.full(40, 1 / 40)), np.array([0.5, 20.0])).regularised(priors.Gamma(shape=2.0, rate=0.1), None)
    h = np.array([0.6, 22.0])
    value, slopes = steps._at(np.log(h))
    assert_allclose(value, left_out_likelihood(X, h) + stats.gamma(2.0, scale=10.0).logpdf(h).sum(), rtol=1e-10)
    ends = [[steps._at(np.log(h) + sign * 1e-5 * unit)[0] for sign in (1, -1)] for unit in np.eye(2)]
    assert_allclose(slopes, [(up - down) / 2e-5 for up, down in ends], rtol=1e-6)


def test_the_mode_is_the_top_and_flat_priors_give_the_likelihoods():
    model = ss.KernelDensity(method="map").fit(X)
    rule = ss.KernelDensity().fit(X).bandwidth_

    def objective(h):
        return left_out_likelihood(X, h) + stats.lognorm(1.0, scale=rule).logpdf(h).sum()

    best = objective(model.bandwidth_)
    assert_allclose(model.fit_result_.objective, best, rtol=1e-11)
    assert all(objective(model.bandwidth_ * factor) < best for factor in ([1.01, 1], [0.99, 1], [1, 1.01], [1, 0.99]))
    plain = ss.KernelDensity("likelihood").fit(X).bandwidth_
    assert (ss.KernelDensity(method="mle").fit(X).bandwidth_ == plain).all()
    assert_allclose(ss.KernelDensity(method=ss.MAP(prior=priors.Flat())).fit(X).bandwidth_, plain, rtol=1e-5)


def test_units_and_copies_do_not_matter():
    plain = ss.KernelDensity(method="map").fit(X).bandwidth_
    moved = ss.KernelDensity(method="map").fit(X * [1e-3, 1e4] + [7.0, -2.0]).bandwidth_
    assert_allclose(moved, plain * [1e-3, 1e4], rtol=1e-7)
    once = ss.KernelDensity(method="map", weight_type="frequency").fit(X, sample_weight=np.r_[2.0, np.ones(39)]).bandwidth_
    assert_allclose(once, ss.KernelDensity(method="map").fit(np.r_[X, X[:1]]).bandwidth_, rtol=1e-6)


def quadrature(x, prior):
    """Bandwidths on a grid and their posterior probabilities."""
    h = np.exp(np.linspace(np.log(0.02), np.log(20.0), 1500))
    logs = np.array([left_out_likelihood(x, value) for value in h]) + prior.logpdf(h) + np.log(h)
    law = np.exp(logs - logs.max())
    return h, law / law.sum()


def test_draws_densities_and_rows_are_those_of_the_posterior(tmp_path):
    model = ss.KernelDensity(method=ss.Bayes(prior=WIDE), rng=1).fit(FEW)
    h, law = quadrature(FEW, stats.gamma(4.0, scale=1 / 8.0))
    mean = law @ h
    assert_agrees(model.posterior_.values, Truth(mean=np.array([mean]), sd=np.array([np.sqrt(law @ (h - mean) ** 2)])))
    with pytest.raises(AssertionError):  # the broken twin: the density of log h taken for that of h
        bent = law / h / (law / h).sum()
        assert_agrees(model.posterior_.values, Truth(mean=np.array([bent @ h])))
    points = np.array([-1.0, 0.0, 1.5, 6.0])
    density = np.array([law @ np.mean([stats.norm.pdf(point, row, h) for row in FEW[:, 0]], axis=0) for point in points])
    assert_allclose(np.exp(model.score_samples(points[:, None])), density, rtol=0.1)
    table = model._averaged.table[:, 0]

    def cdf(points):
        return np.mean([stats.norm.cdf(points, row, width) for row in FEW[:, 0] for width in table], axis=0)

    testing.assert_follows(model.sample(5000, rng=2)[:, 0], cdf)
    with pytest.raises(AssertionError):  # the broken twin: a tenth more noise
        testing.assert_follows(model.sample(5000, rng=2)[:, 0] * 1.1, cdf)
    model.save(tmp_path / "k.json", rows=True)
    back = ss.load(tmp_path / "k.json")
    assert (back.posterior_.values == model.posterior_.values).all()
    assert (back.sample(3000, rng=5)[2000:] == model.sample(1000, rng=5, start=2000)).all()
    assert (back.score_samples(FEW) == model.score_samples(FEW)).all()


def test_much_data_bring_the_mode_to_the_likelihoods():
    x = np.random.default_rng(4).normal(size=(1500, 1))
    assert_allclose(ss.KernelDensity(method="map").fit(x).bandwidth_, ss.KernelDensity(method="mle").fit(x).bandwidth_, rtol=0.03)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.KernelDensity(0.5, method="map").fit(X), "learns the bandwidth, and bandwidth=0.5 says it"),
        (lambda: ss.KernelDensity("isj", method="bayes").fit(X), "bandwidth='isj' says it"),
        (lambda: ss.KernelDensity(method="bayes", kernel="tophat").fit(X), "needs kernel='gaussian'.*got 'tophat'"),
        (lambda: ss.KernelDensity(method="map", support={0: (0.0, None)}).fit(np.abs(X)), "needs columns that may be any number"),
        (lambda: ss.KernelDensity(method="map", adaptive=True).fit(X), "leave bandwidth_type and adaptive"),
        (lambda: ss.KernelDensity(method="vb").fit(X), "method must be 'mle', 'map', 'bayes'"),
        (lambda: ss.KernelDensity(method=ss.MAP(penalty=1.0)).fit(X), "penalty=1.0: bandwidths take a prior"),
        (lambda: ss.KernelDensity(method=ss.MAP(prior=priors.Normal())).fit(X), "a bandwidth is above 0; use LogNormal"),
        (lambda: ss.KernelDensity(method=ss.MAP(prior={"width": WIDE})).fit(X), "there is no parameter 'width'"),
        (lambda: ss.KernelDensity(method="map").fit(X).sample(3, parameters="mean"), "has no posterior"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
