"""Normal inverse Wishart and Dirichlet priors against SciPy and against themselves one row at a time."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from statsim import testing
from statsim.distributions.priors import Dirichlet, NormalInverseGamma, NormalInverseWishart
from tests.reference.mixture_labels import log_evidence

PRIOR = NormalInverseWishart(mean=[1.0, -1.0, 0.5], mean_precision=0.7, degrees_of_freedom=6.0, scale=[[2.0, 0.3, 0.0], [0.3, 1.0, 0.2], [0.0, 0.2, 1.5]])


def moments(X):
    return len(X), X.mean(axis=0), (X - X.mean(axis=0)).T @ (X - X.mean(axis=0))


def test_density_and_mode(rng):
    mean, covariance = rng.normal(size=3), stats.invwishart(8, np.eye(3)).rvs(random_state=1)
    expected = stats.invwishart(6.0, PRIOR.scale).logpdf(covariance) + stats.multivariate_normal(PRIOR.mean, covariance / 0.7).logpdf(mean)
    assert_allclose(PRIOR.log_density(mean, covariance), expected, rtol=1e-12)
    top = PRIOR.log_density(*PRIOR.mode())
    for _ in range(20):
        step = 1e-3 * rng.normal(size=(3, 3))
        assert PRIOR.log_density(PRIOR.mode()[0] + step[0], PRIOR.mode()[1] + step + step.T) < top
    assert PRIOR.log_density(mean, -covariance) == -np.inf


def test_evidence_and_updates(rng):
    X = rng.normal(size=(5, 3))
    assert_allclose(PRIOR.log_evidence(*moments(X)), log_evidence(X, [0] * 5, "full", PRIOR), rtol=1e-12)
    once = PRIOR.updated(*moments(X))
    twice = PRIOR.updated(*moments(X[:2])).updated(*moments(X[2:]))
    assert_allclose(twice.scale, once.scale, rtol=1e-12)
    mean, covariance = rng.normal(size=3), np.diag([1.0, 2.0, 3.0])
    bayes = PRIOR.log_density(mean, covariance) + stats.multivariate_normal(mean, covariance).logpdf(X).sum() - PRIOR.log_evidence(*moments(X))
    assert_allclose(once.log_density(mean, covariance), bayes, rtol=1e-11)


def test_one_column_is_the_normal_inverse_gamma_law():
    wide, narrow = NormalInverseWishart([1.0], 0.5, 3.0, [[2.0]]), NormalInverseGamma(1.0, 0.5, 1.5, 1.0)
    assert_allclose(wide.log_evidence(4, [2.0], [[3.0]]), narrow.log_evidence(4, 2.0, 3.0), rtol=1e-12)


def test_draws():
    means, covariances = PRIOR.draws(4000, np.array([1, 2], np.uint64))
    testing.assert_follows(1 / covariances[:, 0, 0], stats.gamma((6.0 - 2) / 2, scale=2 / 2.0).cdf)
    testing.assert_follows(means[:, 2], stats.t(4.0, 0.5, np.sqrt(1.5 / (0.7 * 4.0))).cdf)
    with pytest.raises(AssertionError):  # the broken twin: the degrees of freedom of the whole matrix
        testing.assert_follows(1 / covariances[:, 0, 0], stats.gamma(3.0, scale=1.0).cdf)
    part = PRIOR.marginal([0])
    assert_allclose([part.degrees_of_freedom, part.scale[0, 0]], [4.0, 2.0])


def test_dirichlet():
    assert_allclose(Dirichlet([1.5, 2.0, 0.5]).log_density([0.2, 0.5, 0.3]), stats.dirichlet([1.5, 2.0, 0.5]).logpdf([0.2, 0.5, 0.3]), rtol=1e-12)
    assert Dirichlet(1.0).log_density([0.0, 1.0]) == 0.0
    assert repr(Dirichlet([1.0, 2.0])) == "Dirichlet(concentration=(1.0, 2.0))"
