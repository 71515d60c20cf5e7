"""Semi-Markov models at the highest posterior density: a flat prior is maximum likelihood, sojourns of one cut sequence have formulas, refusals."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import statsim as ss
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.hmm import emissions as E
from statsim.models.hmm.posterior.priors import HiddenMarkovPrior, NormalInverseWishart
from statsim.models.hmm.principles.sojourn_priors import BetaSojourns, DirichletSojourns, GammaSojourns
from statsim.models.hmm.sojourns import ShiftedPoisson

LONGEST = 25
PRIORS = {"poisson": GammaSojourns(10.0, 1.0), "geometric": BetaSojourns(2.0, 20.0), "free": DirichletSojourns(1.5), "negative_binomial": None}


@pytest.fixture(scope="module")
def walk():
    law = E.Gaussian(means=[[0.0], [50.0]], covariances=[[[1.0]], [[1.0]]])  # states that are seen
    model = ss.HiddenSemiMarkovModel.from_parameters(startprob=[0.5, 0.5], transmat=[[0.0, 1.0], [1.0, 0.0]], sojourn=ShiftedPoisson(rates=[3.0, 6.0]), emission=law)
    X, states = model.sample(120, rng=1, return_latent=True)
    ends = np.flatnonzero(np.diff(states)) + 1
    runs = np.diff(np.concatenate([[0], ends, [120]]))
    return X[: ends[-1]], [runs[:-1][states[np.concatenate([[0], ends[:-1]])] == c] for c in (0, 1)]


def fit(X, sojourn, prior, **options):
    return ss.HiddenSemiMarkovModel(2, sojourn=sojourn, max_duration=LONGEST, rng=0, method=ss.MAP(prior=prior, n_init=4), **options).fit(X)


@pytest.mark.filterwarnings("ignore:.*of its sojourns reach:statsim.errors.FitWarning")
@pytest.mark.parametrize("sojourn", PRIORS)
def test_the_objective_never_falls_and_a_flat_prior_is_maximum_likelihood(walk, sojourn):
    X, _ = walk
    model = fit(X, sojourn, HiddenMarkovPrior(sojourn=PRIORS[sojourn]))
    assert (np.diff(model.fit_result_.path) >= -1e-9).all() and model.fit_result_.criterion == "log posterior"
    flat = fit(X, sojourn, HiddenMarkovPrior(emission=ss.priors.Flat()))
    most = ss.HiddenSemiMarkovModel(2, sojourn=sojourn, max_duration=LONGEST, rng=0, method=ss.MLE(n_init=4)).fit(X)
    assert_allclose(flat.fit_result_.objective, most.fit_result_.objective, rtol=1e-10)
    assert_allclose(flat.sojourn_table(), most.sojourn_table(), atol=1e-5)


def test_seen_poisson_sojourns_have_the_mode_of_their_gamma_law(walk):
    X, runs = walk
    own = GammaSojourns(10.0, 1.0)
    rates = fit(X, "poisson", HiddenMarkovPrior(sojourn=own)).sojourn_.rates
    last = len(X) - sum(len(r) and r.sum() for r in runs)
    assert last == 0
    seen = [list(r) for r in runs]
    cut = int(X[-1, 0] > 25.0)  # the last sojourn ended with the sequence: it is known to have lasted so long
    final = seen[cut].pop()
    grid = np.linspace(1.0, 12.0, 200_001)
    for c in (0, 1):
        logs = stats.gamma(10.0).logpdf(grid) + sum(stats.poisson(grid).logpmf(u - 1) for u in seen[c])
        logs = logs + (stats.poisson(grid).logsf(final - 2) if c == cut else 0.0)
        assert_allclose(rates[c], grid[logs.argmax()], atol=2e-4)


@pytest.mark.filterwarnings("ignore:.*of its sojourns reach:statsim.errors.FitWarning")
def test_strong_priors_are_followed(walk):
    X, _ = walk
    assert_allclose(fit(X, "poisson", HiddenMarkovPrior(sojourn=GammaSojourns(5e5, 1e5))).sojourn_.rates, 5.0, rtol=1e-3)
    assert_allclose(fit(X, "geometric", HiddenMarkovPrior(sojourn=BetaSojourns(1e5, 4e5))).sojourn_.probabilities, 0.2, rtol=1e-3)
    table = fit(X, "free", HiddenMarkovPrior(sojourn=DirichletSojourns(1e6))).sojourn_table()
    assert_allclose(table, 1.0 / LONGEST, rtol=1e-3)
    pulled = fit(X, "poisson", HiddenMarkovPrior(emission=NormalInverseWishart(mean=[7.0], weight=1e7)))
    assert_allclose(pulled.emission_.means, 7.0, atol=0.01)


@pytest.mark.parametrize(("sojourn", "prior", "error", "words"), [
    ("poisson", HiddenMarkovPrior(sticky=2.0), ArgumentError, "sticky=2: no state of a semi-Markov model follows itself.*GammaSojourns"),
    ("poisson", HiddenMarkovPrior(sojourn=BetaSojourns()), ArgumentTypeError, "must be a GammaSojourns, got BetaSojourns"),
    ("negative_binomial", HiddenMarkovPrior(sojourn=GammaSojourns()), ArgumentTypeError, "ShiftedNegativeBinomial sojourns have no conjugate law"),
    ("free", HiddenMarkovPrior(sojourn=DirichletSojourns(0.5)), ArgumentError, "at least 1, got 0.5"),
    ("geometric", HiddenMarkovPrior(sojourn=BetaSojourns(0.5, 1.0)), ArgumentError, "ends of BetaSojourns.*0.5"),
])  # fmt: skip
def test_priors_that_cannot_be_used(walk, sojourn, prior, error, words):
    with pytest.raises(error, match=words):
        fit(walk[0], sojourn, prior)


@pytest.mark.parametrize("method", ["bayes", "vb", ss.Bayes(), ss.VB()])
def test_posteriors_are_refused_with_a_remedy(walk, method):
    with pytest.raises(ArgumentError, match="is not drawn; use method='map' for its mode, or HiddenMarkovModel"):
        ss.HiddenSemiMarkovModel(2, method=method).fit(walk[0])


def test_a_prior_of_sojourns_is_not_for_a_markov_model(walk):
    for run in (lambda model: model.fit(walk[0]), lambda model: model.parameters_given(walk[0], prior=HiddenMarkovPrior(sojourn=GammaSojourns()))):
        with pytest.raises(ArgumentError, match="is for HiddenSemiMarkovModel.*sticky="):
            run(ss.HiddenMarkovModel(2, method=ss.MAP(prior=HiddenMarkovPrior(sojourn=GammaSojourns()))))
