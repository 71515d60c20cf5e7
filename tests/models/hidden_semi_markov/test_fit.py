"""EM of hidden semi-Markov models: it rises, it finds what was there, and it says what it cannot find."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

from statsim.errors import ArgumentError, ArgumentTypeError, FitError, FitWarning
from statsim.estimators.mle import MLE
from statsim.models.hmm.emissions import Categorical, Gaussian
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from statsim.models.hmm.hidden_semi_markov_model import HiddenSemiMarkovModel
from statsim.models.hmm.semi_steps import HiddenSemiMarkovState, HiddenSemiMarkovSteps
from statsim.models.hmm.sojourns import Free, Geometric, ShiftedNegativeBinomial, ShiftedPoisson
from statsim.models.hmm.steps import HiddenMarkovSteps

QUICK = MLE(n_init=4)
EMISSION = Gaussian(means=[[0.0], [2.0], [5.0]], covariances=[[[1.0]], [[0.5]], [[0.5]]])
MOVES = np.array([[0, 0.7, 0.3], [0.5, 0, 0.5], [0.2, 0.8, 0]])
FREE = np.zeros((3, 30))
FREE[0, [2, 6]], FREE[1, [4, 9, 11]], FREE[2, [0, 7]] = 0.5, 1 / 3, 0.5
TRUTHS = {
    "geometric": Geometric([0.2, 0.3, 0.4]),
    "poisson": ShiftedPoisson([4.0, 9.0, 2.0]),
    "negative_binomial": ShiftedNegativeBinomial([2.0, 8.0, 1.0], [0.3, 0.5, 0.4]),
    "free": Free(FREE),
}


def truth(name):
    return HiddenSemiMarkovModel.from_parameters(
        startprob=[0.2, 0.5, 0.3], transmat=MOVES, sojourn=TRUTHS[name], emission=EMISSION, max_duration=30
    )


@pytest.fixture(scope="module")
def fits():
    """(sequences, fitted model) by the name of the sojourn law."""
    done = {}
    for name in TRUTHS:
        X = truth(name).sample(300, n_sequences=3, rng=5)
        done[name] = X, HiddenSemiMarkovModel(3, sojourn=name, max_duration=30, method=QUICK, rng=0).fit(X)
    return done


@pytest.mark.parametrize("name", TRUTHS)
def test_the_objective_never_falls_and_is_the_likelihood(fits, name):
    X, model = fits[name]
    result = model.fit_result_
    assert result.converged and np.diff(result.path).min() > -1e-9
    assert_allclose(result.objective, model.log_likelihood(X), rtol=1e-9)
    assert_allclose(model.transmat_.sum(axis=1), 1.0, rtol=1e-12)
    assert not model.transmat_.diagonal().any()


def em_path(name, change=lambda totals: totals, n_steps=60):
    """Objectives of plain EM steps from one state of affairs, far from the truth; most sojourns are cut off. `change` what the last ten go by."""
    X = truth(name).sample(12, n_sequences=60, rng=5)
    begin = truth(name)
    begin.sojourn_ = begin.sojourn_.with_means(np.array([2.0, 3.0, 2.0]), 30)
    sequences = begin._sequences(X)
    markov = HiddenMarkovSteps(sequences, np.ones(60), begin.emission_, 3, np.ones((3, 3), bool), np.ones(3, bool))
    steps = _Changed(markov, begin.sojourn_, 30)
    object.__setattr__(steps, "change", lambda totals: totals)
    state, path = HiddenSemiMarkovState(begin._law().chain, begin.sojourn_, begin.emission_), []
    for number in range(n_steps):
        if number == n_steps - 10:
            object.__setattr__(steps, "change", change)
        value, state = steps.em(state)
        path.append(value)
    return np.array(path)


class _Changed(HiddenSemiMarkovSteps):
    def _expectation(self, state):
        totals, counts, sums = super()._expectation(state)
        return self.change(totals), counts, sums


@pytest.mark.parametrize("name", TRUTHS)
def test_no_step_lowers_the_objective(name):
    path = em_path(name)
    assert np.diff(path).min() > -1e-9 * abs(path[0]) and path[-1] > path[0] + 10


@pytest.mark.parametrize("name", ["poisson", "negative_binomial", "geometric"])
def test_forgetting_what_was_cut_off_lowers_it(name):
    """The broken twin: sojourns at the ends of sequences left out, as in the textbook formulas of Rabiner (1989)."""
    path = em_path(name, lambda totals: replace(totals, censored=np.zeros_like(totals.censored)))
    assert np.diff(path).min() < -1e-4


@pytest.mark.parametrize("name", ["geometric", "poisson", "negative_binomial"])
def test_a_fit_to_a_sample_recovers_the_model(fits, name):
    """Twice the gain over the truth is chi-squared; the broken twin has one sojourn law for all states."""
    X, model = fits[name]
    right = truth(name)
    gain = 2 * (model.log_likelihood(X) - right.log_likelihood(X))
    limit = stats.chi2(model.n_parameters()).isf(1e-7)
    assert -1e-6 < gain < limit
    right.sojourn_ = right.sojourn_.reordered(np.array([2, 2, 2]))
    assert 2 * (model.log_likelihood(X) - right.log_likelihood(X)) > limit
    assert np.abs(model.emission_.means - EMISSION.means).max() < 6 * 1.0 / np.sqrt(900 / 8)
    sd = np.sqrt(truth(name).sojourn_table() @ np.arange(1, 31.0) ** 2 - truth(name).mean_sojourns() ** 2)
    assert (np.abs(model.mean_sojourns() - truth(name).mean_sojourns()) < 6 * sd / np.sqrt(30)).all()


def test_free_sojourns_are_found(fits):
    _, model = fits["free"]
    table = model.sojourn_table()
    assert table[FREE == 0].sum() < 0.3 and np.abs(table - FREE)[FREE > 0].max() < 6 * 0.5 / np.sqrt(20)


def test_geometric_sojourns_fit_as_a_hidden_markov_model_does():
    """The optimum is that of Baum-Welch, where the bound on sojourns does not act."""
    X = truth("geometric").sample(60, n_sequences=6, rng=2)
    semi = HiddenSemiMarkovModel(2, sojourn="geometric", max_duration=60, method=QUICK, rng=0).fit(X)
    markov = HiddenMarkovModel(2, method=QUICK, rng=0).fit(X)
    assert_allclose(semi.log_likelihood(X), markov.log_likelihood(X), rtol=1e-8)
    assert_allclose(1 - 1 / (1 / semi.sojourn_.probabilities), markov.transmat_.diagonal(), atol=1e-4)


def test_no_other_parameters_are_more_likely():
    """The fit of a small model is a local optimum of the likelihood itself."""
    base = HiddenSemiMarkovModel.from_parameters(
        startprob=[0.4, 0.6], transmat=[[0, 1], [1, 0]], sojourn=ShiftedNegativeBinomial([3.0, 1.0], [0.5, 0.3]),
        emission=Categorical(probabilities=[[0.9, 0.1], [0.2, 0.8]]), max_duration=30,
    )  # fmt: skip
    X = base.sample(30, n_sequences=8, rng=4)
    model = HiddenSemiMarkovModel(2, emission="categorical", max_duration=30, method=QUICK, rng=0).fit(X)
    best = model.log_likelihood(X)

    def minus(v):
        p = 1 / (1 + np.exp(-v))
        other = HiddenSemiMarkovModel.from_parameters(
            startprob=[p[0], 1 - p[0]], transmat=[[0, 1], [1, 0]], sojourn=ShiftedNegativeBinomial(np.minimum(np.exp(v[1:3]), 1e5), p[3:5]),  # the bound of a fit
            emission=Categorical(probabilities=[[p[5], 1 - p[5]], [p[6], 1 - p[6]]]), max_duration=30,
        )  # fmt: skip
        return -other.log_likelihood(X)

    shares = np.clip(np.concatenate([model.startprob_[:1], model.sojourn_.probabilities, model.emission_.probabilities[:, 0]]), 1e-9, 1 - 1e-9)
    logits = np.log(shares / (1 - shares))
    at = np.concatenate([logits[:1], np.log(model.sojourn_.sizes), logits[1:]])
    polished = optimize.minimize(minus, at, method="Nelder-Mead", options={"maxiter": 400})
    assert -polished.fun - best < 1e-5


# ---------------------------------------------------------------- data


def test_weight_two_is_the_sequence_twice():
    X = truth("poisson").sample(60, n_sequences=3, rng=2)

    def again(X, weights=None):
        """Three steps of EM from the truth."""
        model = HiddenSemiMarkovModel(3, sojourn="poisson", max_duration=30, warm_start=True, method=MLE(max_iter=3))
        model._set(truth("poisson")._law(), None)
        with pytest.warns(FitWarning, match="not converged"):
            return model.fit(X, sample_weight=weights)

    weighted, twice = again(X, [2.0, 0.0, 1.0]), again([X[0], X[2], X[0]])
    assert_allclose(weighted.sojourn_.rates, twice.sojourn_.rates, rtol=1e-10)
    assert_allclose(weighted.emission_.means, twice.emission_.means, rtol=1e-10)
    assert_allclose(weighted.fit_result_.objective, twice.fit_result_.objective, rtol=1e-12)


def test_columns_in_other_units_change_nothing():
    X = [np.round(x * 2.0**16) / 2.0**16 for x in truth("poisson").sample(120, n_sequences=2, rng=2)]  # so that no bit is lost
    options = {"max_duration": 30, "sojourn": "poisson", "method": QUICK, "rng": 0}
    one, other = HiddenSemiMarkovModel(3, **options).fit(X), HiddenSemiMarkovModel(3, **options).fit([2.0**30 * x + 2.0**33 for x in X])
    assert_allclose(other.emission_.means, 2.0**30 * one.emission_.means + 2.0**33, rtol=1e-10)
    assert_allclose(other.sojourn_.rates, one.sojourn_.rates, rtol=1e-10)


def test_missing_steps_are_left_to_the_emission():
    X = truth("poisson").sample(400, rng=2)
    X[::7] = np.nan
    model = HiddenSemiMarkovModel(3, sojourn="poisson", max_duration=20, missing="mar", method=QUICK, rng=0).fit(X)
    assert np.abs(model.emission_.means - EMISSION.means).max() < 6 * 1.0 / np.sqrt(400 / 10)
    with pytest.raises(ArgumentError, match="nan"):
        HiddenSemiMarkovModel(3, method=QUICK).fit(X)


def test_one_state_is_a_normal_law(rng):
    X = rng.normal(3.0, 2.0, (60, 1))
    model = HiddenSemiMarkovModel(1, rng=0).fit(X.astype(np.float32))
    assert_allclose(model.emission_.means, [[X.astype(np.float32).astype(float).mean()]], rtol=1e-6)
    assert model.fit_result_.converged and model.transmat_.tolist() == [[1.0]]


def test_a_given_start_is_kept():
    X = truth("poisson").sample(80, n_sequences=2, rng=2)
    model = HiddenSemiMarkovModel(2, sojourn="poisson", max_duration=20, start=[0.25, 0.75], method=QUICK, rng=0).fit(X)
    assert sorted(model.startprob_) == [0.25, 0.75]
    assert model.fit_document_["start"] == "given"


def test_the_same_seed_is_the_same_fit():
    X = truth("poisson").sample(150, rng=2)
    options = {"max_duration": 20, "method": QUICK, "rng": 3}
    one, other = (HiddenSemiMarkovModel(2, **options).fit(X) for _ in range(2))
    assert one.to_document() == other.to_document()


# ---------------------------------------------------------------- what is said and refused


def test_sojourns_longer_than_allowed_are_told():
    X = truth("poisson").sample(300, rng=2)
    with pytest.warns(FitWarning, match=r"state 1: .* of its sojourns reach max_duration=8; raise max_duration"):
        HiddenSemiMarkovModel(3, sojourn="poisson", max_duration=8, method=QUICK, rng=0).fit(X)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"max_duration": 0}, ArgumentError, "max_duration must be at least 1"),
        ({"sojourn": "weibull"}, ArgumentError, "sojourn must be one of 'geometric', 'poisson', 'negative_binomial', 'free'; got 'weibull'"),
        ({"sojourn": 3}, ArgumentTypeError, "sojourn must be one of .* or an object of Sojourn, got 3"),
        ({"start": "stationary"}, ArgumentError, "start must be 'free' or an array of 2 probabilities, got 'stationary'"),
        ({"n_components": 0}, ArgumentError, "n_components must be at least 1"),
        ({"method": "bayes"}, ArgumentError, "the posterior of a semi-Markov model is not drawn; use method='map'"),
        ({"method": "newton"}, ArgumentError, "method must be 'mle'"),
    ],
)
def test_impossible_structure(options, error, words, rng):
    with pytest.raises(error, match=words):
        HiddenSemiMarkovModel(**{"n_components": 2, **options}).fit(rng.normal(size=(30, 1)))


def test_data_that_cannot_be_fitted(rng):
    with pytest.raises(ArgumentError, match="sequence 1 of X is empty"):
        HiddenSemiMarkovModel(2).fit([rng.normal(size=(5, 1)), np.zeros((0, 1))])
    with pytest.raises(FitError, match="column 0 of X is the constant 2"):
        HiddenSemiMarkovModel(2).fit(np.full((10, 1), 2.0))
    with pytest.raises(FitError, match=r"all \d+ starts ended in a defect, the last: state"):
        HiddenSemiMarkovModel(3, emission="categorical", method=QUICK, rng=0).fit(np.array([[0], [1]]))
