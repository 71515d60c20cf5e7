"""Kernels of regressions against their slow twins, SciPy and differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from statsim import priors, testing
from statsim.kernels.priors import log_prior
from statsim.kernels.regression import conjugate, descent, posteriors, rows
from statsim.kernels.regression.families import BERNOULLI, NORMAL, POISSON
from statsim.samplers.likelihoods import tiles
from tests.reference import regression as slow

KEY = np.array([3, 5], np.uint64)
DATA = np.random.default_rng(8)
X, OFFSETS = DATA.normal(size=(100, 2)), DATA.normal(size=100) / 4
TABLE = np.column_stack([DATA.normal(size=(3, 3)) / 2, [0.5, 1.0, 2.0]])


@pytest.mark.parametrize("family", [NORMAL, BERNOULLI, POISSON])
@pytest.mark.parametrize("table", [TABLE[:1], TABLE], ids=["one", "posterior"])
def test_responses_are_those_of_the_slow_twin(family, table):
    out = np.empty(100)
    rows.fill_responses(KEY, 4, 32, family, X, OFFSETS, table, out)
    assert_allclose(out, slow.fill_responses(KEY, 4, 32, family, X, OFFSETS, table), rtol=1e-13)


@pytest.mark.parametrize("family", [NORMAL, BERNOULLI, POISSON])
def test_densities_are_those_of_scipy(family):
    y = DATA.normal(size=100) if family == NORMAL else DATA.integers(0, 2 if family == BERNOULLI else 9, 100).astype(float)
    out = np.empty(100)
    rows.log_density(family, X, OFFSETS, y, TABLE[0], out)
    assert_allclose(out, slow.log_density(family, X, OFFSETS, y, TABLE[0]), rtol=1e-12, atol=1e-13)


def test_a_poisson_mean_beyond_64_bits_is_marked():
    out = np.empty(1)
    rows.fill_responses(KEY, 0, 1, POISSON, np.array([[50.0]]), np.zeros(1), np.array([[1.0, 0.0, 1.0]]), out)
    assert np.isnan(out[0])


def test_rows_are_drawn_by_their_weights():
    from statsim.kernels.variates.categorical import alias_table

    numbers, weights = np.empty(40_960, np.int64), np.array([1.0, 0.0, 3.0])
    rows.fill_row_numbers(KEY, 0, 1024, *alias_table(weights), numbers)
    assert set(numbers.tolist()) == {0, 2}
    testing.assert_probability(int((numbers == 2).sum()), len(numbers), 0.75)
    with pytest.raises(AssertionError):  # the broken twin: all rows alike
        testing.assert_probability(int((numbers == 2).sum()), len(numbers), 0.5)


# ------------------------------------------------------------ log posteriors

CENTRE, TURN = np.array([0.2, -0.1, 0.3]), np.array([[1.0, 0.2, 0.0], [0.1, 0.5, 0.3], [0.0, 0.4, 2.0]])
VIEW = np.array([[2.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.5, -1.5, 1.0]])
PRIORS = priors.Independent({"b": priors.StudentT(0.0, 2.0, 7.0), "scale": priors.HalfNormal(2.0)})
NAMES = ("b[0]", "b[1]", "b[2]")
DESIGN, WEIGHTS = np.column_stack([X, np.ones(100)]), DATA.random(100) + 0.5
COUNTS, NUMBERS = DATA.poisson(1.0, 100).astype(float), DATA.normal(size=100)
BINARY = np.minimum(COUNTS, 1.0)


def _linear():
    root = np.sqrt(WEIGHTS)[:, None] * DESIGN
    best = np.linalg.lstsq(root, np.sqrt(WEIGHTS) * NUMBERS, rcond=None)[0]
    residual = float(WEIGHTS @ np.square(NUMBERS - DESIGN @ best))
    return CENTRE, TURN, np.linalg.qr(root, mode="r"), best, residual, float(WEIGHTS.sum()), VIEW, PRIORS.table((*NAMES, "scale"))



def _case(name):
    """Kernel, data, family, y, weights, offsets of a log posterior."""
    table = priors.Independent({"b": priors.StudentT(0.0, 2.0, 7.0)}).table(NAMES)
    if name == "linear":
        return posteriors.linear, _linear(), NORMAL, NUMBERS, WEIGHTS, np.zeros(100)
    if name == "logistic":
        return posteriors.logistic, (CENTRE, TURN, tiles(DESIGN), BINARY, VIEW, table), BERNOULLI, BINARY, np.ones(100), np.zeros(100)
    family, y = (BERNOULLI, BINARY) if name == "weighted logistic" else (POISSON, COUNTS)
    from scipy.special import gammaln

    constant = -float(WEIGHTS @ gammaln(y + 1)) if family == POISSON else 0.0
    return _weighted(family), (CENTRE, TURN, DESIGN, OFFSETS, y, WEIGHTS, constant, VIEW, table), family, y, WEIGHTS, OFFSETS


def _weighted(family):
    return lambda x, out, *data: posteriors.weighted(x, out, family, *data)


@pytest.mark.parametrize("name", ["linear", "logistic", "weighted logistic", "weighted poisson"])
def test_log_posteriors_are_sums_of_densities_and_priors_with_their_slopes(name):
    kernel, data, family, y, weights, offsets = _case(name)
    x = np.array([0.3, -0.2, 0.1, 0.8]) if family == NORMAL else np.array([0.3, -0.2, 0.1])

    def obvious(x):
        b = CENTRE + TURN @ x[:3]
        seen = VIEW @ b
        parameters = np.append(b, x[3] if family == NORMAL else 1.0)
        prior = stats.t(7, 0, 2).logpdf(seen).sum() + (stats.halfnorm(0, 2).logpdf(x[3]) if family == NORMAL else 0.0)
        return weights @ slow.log_density(family, X, offsets, y, parameters) + prior

    slopes = np.empty(len(x))
    assert_allclose(kernel(x, slopes, *data), obvious(x), rtol=1e-12)
    h = 1e-6
    differences = [(obvious(x + h * e) - obvious(x - h * e)) / (2 * h) for e in np.eye(len(x))]
    assert_allclose(slopes, differences, rtol=1e-6, atol=1e-6)


# ------------------------------------------------------------ descent and conjugate draws


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.5), (5.0, 0.0), (5.0, 2.0), (1e6, 0.0)])
def test_coordinate_descent_ends_where_proximal_steps_do(l1, l2):
    A = DATA.normal(size=(60, 8))
    G, c = A.T @ A, A.T @ DATA.normal(size=60)
    b = np.zeros(8)
    _, worst = descent.descend(G, c, l1, l2, b, c.copy(), 1e-11, 100_000)
    assert worst <= 1e-11
    assert_allclose(b, slow.elastic_net(G, c, l1, l2), atol=1e-9)


def test_a_column_of_zeros_stays_out():
    G = np.diag([2.0, 0.0])
    b = np.zeros(2)
    assert descent.descend(G, np.array([1.0, 0.0]), 0.0, 0.0, b, np.array([1.0, 0.0]), 1e-12, 10)[1] <= 1e-12
    assert b.tolist() == [0.5, 0.0]


def test_conjugate_draws_have_the_law_of_the_formula():
    root, out = np.array([[1.0, 0.0], [0.5, 2.0]]), np.empty((20_000, 3))
    conjugate.fill_conjugate(KEY, np.array([1.0, -1.0]), root, 3.0, 2.0, out)
    testing.assert_follows(out[:, 2] ** -2.0, stats.gamma(3.0, scale=1 / 2.0).cdf)
    marginal = stats.t(6, -1.0, np.sqrt(2.0 / 3.0 * (0.5**2 + 2.0**2)))
    testing.assert_follows(out[:, 1], marginal.cdf)
    z = np.linalg.solve(root, (out[:, :2] - [1.0, -1.0]).T) / out[:, 2]
    testing.assert_follows(z[0] * z[1], _product_of_normals)
    with pytest.raises(AssertionError):  # the broken twin: the root transposed
        testing.assert_follows(out[:, 0], stats.t(6, 1.0, np.sqrt(2.0 / 3.0 * (1 + 0.5**2))).cdf)


def _product_of_normals(v):
    """Distribution function of the product of two independent standard normals, by a table of its density K0(|v|) / pi."""
    from scipy.special import iti0k0

    v = np.asarray(v, float)
    half = iti0k0(np.abs(v))[1] / np.pi
    return 0.5 + np.sign(v) * half


def test_the_prior_is_of_what_the_user_sees():
    b, table = np.array([1.0, 2.0, 0.5]), priors.Independent({"b": priors.Normal(0.0, 1.0)}).table(NAMES)
    assert_allclose(posteriors.log_prior_at(b, VIEW, table), log_prior(table, VIEW @ b, np.zeros(3)), rtol=1e-14)
