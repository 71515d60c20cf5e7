"""The table mixture under a prior: EM rises, strong priors give the table's margins, weights are pulled together, bad priors are named."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import statsim as ss
from statsim import penalties, priors
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.table_mixture.steps import TableMixtureSteps
from statsim.rng import Purpose, stream_key
from tests.models.table_mixture_cases import continuous_rows, mixed_model, with_unmodelled_gaps

KEY = stream_key(1, Purpose.TEST)


def problem(rows, k, prior):
    return TableMixtureSteps(rows, rows.layout, n_components=k, min_count=5).regularised(prior, None)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("prior", [priors.TablePrior(rows=7.5), priors.TablePrior(rows=0.5, weights=priors.Dirichlet(4.0))], ids=str)
def test_em_never_falls_and_ends_at_a_top(k, prior):
    steps = problem(with_unmodelled_gaps(mixed_model().sample(300, rng=1)), k, prior)
    state, path = steps.start(1, "kmeans", KEY), []
    for _ in range(300):
        objective, state = steps.em(state)
        path.append(objective)
    assert np.diff(path).min() >= -1e-9
    rng, top = np.random.default_rng(0), steps.pack(state)
    moved = [steps.unpack(top + 1e-3 * rng.normal(size=top.size)) for _ in range(20)]
    assert max(steps.em(one)[0] for one in moved if one is not None) < path[-1]


def test_a_strong_prior_gives_every_component_the_margins_of_the_table():
    rows = mixed_model().sample(400, rng=2)
    model = ss.TableMixture(2, method=ss.MAP(prior=priors.TablePrior(rows=1e7), n_init=2), rng=0).fit(rows)
    share = np.bincount(rows.discrete[:, 0], minlength=3) / 400
    assert_allclose(model.parameters_.level_probabilities[0], np.tile(share, (2, 1)), atol=1e-3)
    assert_allclose(model.parameters_.covariances[0], model.parameters_.covariances[1], rtol=1e-2)
    assert model.fit_result_.criterion == "log posterior"


def test_one_component_of_continuous_columns_is_drawn_to_the_covariance_it_has():
    z = np.random.default_rng(3).normal(size=(200, 2))
    plain, prior = (ss.TableMixture(1, method=method).fit(continuous_rows(z)) for method in ("mle", ss.MAP(prior=priors.TablePrior(rows=50.0))))
    assert_allclose(prior.parameters_.covariances, plain.parameters_.covariances, rtol=1e-5)


def test_a_dirichlet_prior_pulls_weights_together():
    rows = mixed_model().sample(400, rng=2)
    weights = [ss.TableMixture(2, method=ss.MAP(prior=priors.Dirichlet(a), n_init=4), rng=0).fit(rows).parameters_.weights for a in (1.0, 2000.0)]
    assert abs(weights[1][0] - 0.5) < 0.1 * abs(weights[0][0] - 0.5) + 0.01


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.MAP(prior=3), "prior=3: a mixture over tables takes statsim.priors.TablePrior"),
        (lambda: ss.MAP(penalty=penalties.Entropy(1.0)), "takes a prior, such as"),
        (lambda: ss.MAP(prior=priors.Dirichlet([1.0, 2.0])), "one concentration for all"),
        (lambda: ss.MAP(prior=priors.TablePrior(weights=priors.Dirichlet(0.5))), "must be at least 1"),
        (lambda: ss.MAP(prior=priors.TablePrior(rows=0.0)), "rows must be a finite number above 0"),
    ],
)
def test_bad_priors_are_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        ss.TableMixture(2, method=call()).fit(mixed_model().sample(50, rng=1))
