"""Models go to hmmlearn and back, and say the same there about the same sequences."""

import numpy as np
import pytest
from hmmlearn import hmm

from statsim.errors import ArgumentTypeError, NotFittedError
from statsim.models.hmm import emissions as E
from statsim.models.hmm.conversion import from_hmmlearn, to_hmmlearn
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from tests.models.hmm.emissions.laws import CASES, assert_same_law, model_of

_MATRICES = CASES["gaussian"].law.covariances
LAWS = {
    "gaussian-full": CASES["gaussian"].law,
    "gaussian-tied": E.Gaussian("tied", [[0.0, 1.0], [4.0, -2.0]], _MATRICES[0]).checked(),
    "gaussian-diag": E.Gaussian("diag", [[0.0, 1.0], [4.0, -2.0]], [[1.0, 2.0], [0.5, 3.0]]).checked(),
    "gaussian-spherical": E.Gaussian("spherical", [[0.0, 1.0], [4.0, -2.0]], [1.0, 2.5]).checked(),
    **{name: CASES[name].law for name in ("categorical", "poisson", "mixture-full", "mixture-tied", "mixture-diag", "mixture-spherical")},
}
LENGTHS = [40, 1, 7, 100]


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_both_say_the_same(law):
    model = model_of(law)
    parts = model.sample(LENGTHS, rng=5)
    steps, estimator = np.concatenate(parts), to_hmmlearn(model)
    assert estimator.score(steps, LENGTHS) == pytest.approx(model.log_likelihood((steps, LENGTHS)), rel=1e-9)
    for part, own in zip(parts, model.score_samples(parts), strict=True):
        assert estimator.score(part) == pytest.approx(own, rel=1e-9)
    np.testing.assert_allclose(estimator.predict_proba(steps, LENGTHS), np.concatenate(model.predict_proba(parts)), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(estimator.predict(steps, LENGTHS), np.concatenate(model.predict(parts)))


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_there_and_back_is_the_model(law):
    model = model_of(law)
    parameters = from_hmmlearn(to_hmmlearn(model))
    assert_same_law(parameters["emission"], law)
    again = HiddenMarkovModel.from_parameters(**parameters)
    np.testing.assert_array_equal(again.startprob_, model.startprob_)
    np.testing.assert_array_equal(again.transmat_, model.transmat_)


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_a_model_that_hmmlearn_fitted_comes_over(kind):
    X = model_of(LAWS["gaussian-full"]).sample(300, rng=6)
    estimator = hmm.GaussianHMM(2, covariance_type=kind, n_iter=5, tol=-np.inf, random_state=0).fit(X)
    model = HiddenMarkovModel.from_parameters(**from_hmmlearn(estimator))
    assert model.log_likelihood(X) == pytest.approx(estimator.score(X), rel=1e-9)


def test_a_converted_model_draws_in_hmmlearn():
    for law in LAWS.values():
        assert to_hmmlearn(model_of(law)).sample(5, random_state=0)[0].shape == (5, law.shape[1])


def test_what_the_other_side_does_not_have_is_named():
    with pytest.raises(ArgumentTypeError, match="no counterpart of bernoulli"):
        to_hmmlearn(model_of(CASES["bernoulli"].law))
    with pytest.raises(ArgumentTypeError, match="got VariationalGaussianHMM|got dict"):
        from_hmmlearn({})
    with pytest.raises(NotFittedError, match="GaussianHMM has no parameters yet"):
        from_hmmlearn(hmm.GaussianHMM(2))
    with pytest.raises(NotFittedError, match="fit"):
        to_hmmlearn(HiddenMarkovModel(2))
