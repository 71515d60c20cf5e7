"""Priors agree with SciPy, their slopes with differences; what they cannot be is refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats

from statsim import priors
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.priors import log_prior

LAWS = [
    (priors.Normal(1.0, 2.0), stats.norm(1.0, 2.0)),
    (priors.HalfNormal(2.0), stats.halfnorm(scale=2.0)),
    (priors.StudentT(1.0, 2.0, 3.0), stats.t(3.0, 1.0, 2.0)),
    (priors.HalfCauchy(2.0), stats.halfcauchy(scale=2.0)),
    (priors.Laplace(1.0, 2.0), stats.laplace(1.0, 2.0)),
    (priors.Gamma(shape=2.5, rate=3.0), stats.gamma(2.5, scale=1 / 3.0)),
    (priors.InverseGamma(shape=2.5, scale=3.0), stats.invgamma(2.5, scale=3.0)),
    (priors.LogNormal(0.5, 1.5), stats.lognorm(1.5, scale=np.exp(0.5))),
    (priors.Exponential(2.0), stats.expon(scale=0.5)),
    (priors.Beta(2.0, 3.5), stats.beta(2.0, 3.5)),
    (priors.Uniform(-1.0, 3.0), stats.uniform(-1.0, 4.0)),
]


@pytest.mark.parametrize(("prior", "law"), LAWS, ids=lambda one: type(one).__name__)
def test_densities_are_those_of_scipy(prior, law):
    for x in law.ppf([0.01, 0.3, 0.7, 0.99]):
        assert_allclose(prior.log_density(x), law.logpdf(x), rtol=1e-12, atol=1e-13)
    outside = [bound + sign for bound, sign in zip(prior.bounds, (-0.5, 0.5), strict=True) if np.isfinite(bound)]
    assert all(prior.log_density(x) == -np.inf for x in outside)


def test_half_of_students_law_has_mass_one():
    prior = priors.HalfStudentT(scale=2.0, df=4.0)
    assert_allclose(integrate.quad(lambda x: np.exp(prior.log_density(x)), 0, np.inf)[0], 1.0, rtol=1e-8)


@pytest.mark.parametrize(("prior", "law"), LAWS, ids=lambda one: type(one).__name__)
def test_slopes_are_those_of_differences(prior, law):
    for x in law.ppf([0.2, 0.6]):
        slope, h = np.zeros(1), 1e-6
        log_prior(prior.row()[None], np.array([x]), slope)
        assert_allclose(slope[0], (prior.log_density(x + h) - prior.log_density(x - h)) / (2 * h), rtol=1e-7, atol=1e-8)


def test_a_family_name_stands_for_its_coordinates_and_a_full_name_is_stronger():
    prior = priors.Independent({"beta": priors.Normal(0, 1), "beta[1]": priors.Laplace(0, 1)})
    table = prior.table(("beta[0]", "beta[1]"))
    assert table[0, 0] != table[1, 0]
    assert_allclose(prior.log_density(("beta[0]", "beta[1]"), [0.5, 0.5]), stats.norm.logpdf(0.5) + stats.laplace.logpdf(0.5))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: priors.Normal(scale=-1.0), "scale of Normal must be above 0, got -1.0"),
        (lambda: priors.Gamma(shape="a", rate=1), "shape must be a number, got 'a'"),
        (lambda: priors.Uniform(2, 1), "low must be below high, got low=2, high=1"),
        (lambda: priors.Independent({"a": priors.Normal}), r"write Normal\(...\)"),
        (lambda: priors.Independent({"a": priors.Normal()}).table(("a", "b")), r"'b' has no prior"),
        (lambda: priors.Independent({"a": priors.Normal(), "c": priors.Normal()}).table(("a",)), "there is no parameter 'c'"),
    ],
)
def test_what_a_prior_cannot_be_is_said(make, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        make()


def test_the_conjugate_update_is_bayes_theorem():
    prior = priors.NormalInverseGamma(mean=1.0, mean_precision=0.5, shape=2.0, scale=3.0)
    x = np.array([0.3, 2.0, -1.0])
    after = prior.updated(3, x.mean(), ((x - x.mean()) ** 2).sum())
    gaps = [
        prior.log_density(m, s) + stats.norm.logpdf(x, m, s).sum() - after.log_density(m, s) for m, s in [(0.0, 1.0), (2.0, 0.5), (-1.0, 3.0)]
    ]
    assert_allclose(gaps, prior.log_evidence(3, x.mean(), ((x - x.mean()) ** 2).sum()), rtol=1e-10)
