"""Bayesian mixtures as a user has them: agreement of the samplers, labels, files, chains, calibration, messages."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

import statsim as ss
from statsim import priors
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError, SamplerWarning
from statsim.models.mixture.parameter_rows import join, split
from statsim.models.mixture.relabelling import relabelled
from tests.models.mixture.cases import KINDS, problem, two_groups
from tests.samplers.agreement import Truth, assert_agrees

DATA = two_groups()


def fit(k=2, X=DATA, kind="full", prior=None, sampler=None, draws=300, warmup=100, chains=4, rng=0, **options):
    method = ss.Bayes(prior=prior, sampler=sampler, draws=draws, warmup=warmup, chains=chains)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="these draws should not be trusted", category=SamplerWarning)  # chains are short here
        return ss.GaussianMixture(k, covariance_type=kind, method=method, rng=rng).fit(X, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_the_posterior_is_about_the_maximum(kind):
    model, likely = fit(kind=kind), ss.GaussianMixture(2, covariance_type=kind, rng=0).fit(DATA)
    assert_allclose(model.weights_, likely.weights_, atol=0.05)
    assert_allclose(model.means_, likely.means_, atol=0.2)
    assert_allclose(model.score(DATA), likely.score(DATA), atol=0.03)
    assert model.posterior_["weights"].shape == (4, 300, 2)
    assert model.predict_proba(DATA).sum(axis=1) == pytest.approx(1.0)
    assert (model.predict(DATA) == likely.predict(DATA)).mean() > 0.98


def test_two_samplers_have_one_posterior():
    blocked, collapsed = (fit(sampler=sampler, draws=1500, rng=1).posterior_ for sampler in (ss.BlockedGibbs(), ss.CollapsedGibbs()))
    flat = blocked.values.reshape(-1, blocked.dim)
    error = flat.std(axis=0) / np.sqrt(len(flat) / 8)
    assert_agrees(collapsed.values, Truth(mean=flat.mean(axis=0), mean_error=error))
    with pytest.raises(AssertionError):  # the broken twin: a tenth of a standard deviation aside
        assert_agrees(collapsed.values, Truth(mean=flat.mean(axis=0) + 0.3 * flat.std(axis=0), mean_error=error))


@pytest.mark.parametrize("kind", ["full", "tied"])
def test_labels_that_switch_are_put_in_order(kind):
    draws = fit(kind=kind, chains=2).posterior_
    steps = problem(kind, 2, DATA)
    values, rng = draws.values.reshape(-1, draws.dim), np.random.default_rng(0)
    weights, means, covariances = split(values, steps.kind, 2, 2)
    order = np.array([rng.permutation(2) for _ in values])
    mixed = join(
        np.take_along_axis(weights, order, 1), np.take_along_axis(means, order[:, :, None], 1),
        covariances if kind == "tied" else np.take_along_axis(covariances, order[:, :, None, None], 1),
    )  # fmt: skip
    assert_allclose(relabelled(mixed, steps.kind, 2, DATA), values, rtol=1e-12)


def test_a_process_finds_how_many_there_are():
    for sampler in (ss.CollapsedGibbs(), ss.SliceSampler()):
        model = fit(k=20, prior=priors.DirichletProcess(0.2), sampler=sampler, draws=1500, warmup=300)
        counts = np.bincount(model.posterior_.stats["n_occupied"].ravel())
        assert counts.argmax() == 2
        assert_allclose(model.weights_[:2], [0.6, 0.4], atol=0.05)
    assert model.sample(500, rng=1).shape == (500, 2)


def test_threads_checkpoints_and_files_change_nothing(tmp_path):
    target = problem("full", 2, DATA).posterior(None)
    options = {"draws": 60, "chains": 2, "warmup": 20, "rng": 3, "diagnose": False}
    for method in (ss.BlockedGibbs(), ss.CollapsedGibbs()):
        once = ss.sample(target, method, num_threads=1, **options).values
        again = ss.sample(target, method, num_threads=2, checkpoint=tmp_path / method.name, **options).values
        resumed = ss.sample(target, method, checkpoint=tmp_path / method.name, **options).values
        assert (once == again).all()
        assert (once == resumed).all()
    model = fit(draws=60)
    model.save(tmp_path / "model.json")
    back = ss.load(tmp_path / "model.json")
    assert (back.posterior_.values == model.posterior_.values).all()
    assert (back.score_samples(DATA) == model.score_samples(DATA)).all()
    rows, labels = back.sample(3000, rng=2, return_latent=True)
    assert (rows[2000:] == model.sample(1000, rng=2, start=2000)).all()
    assert set(labels.tolist()) == {0, 1}


def test_order_units_and_whole_weights_change_nothing():
    data = np.round(DATA * 2**20) / 2**20
    base = fit(X=data, draws=50)
    assert (fit(X=data[::-1], draws=50).posterior_.values == base.posterior_.values).all()
    assert (fit(X=data * 2.0**30, draws=50).posterior_["means"] == base.posterior_["means"] * 2.0**30).all()
    twice = fit(X=np.r_[data[:1], data], draws=50)
    assert (fit(X=data, draws=50, sample_weight=np.r_[2.0, np.ones(149)]).posterior_.values == twice.posterior_.values).all()


def test_a_constant_column_is_a_point_mass():
    model = fit(X=np.column_stack([DATA, np.full(150, -3.0)]), draws=50)
    assert (model.means_[:, 2] == -3.0).all()
    assert (model.sample(20, rng=0)[:, 2] == -3.0).all()
    assert (model.posterior_["covariances"][..., 2, :] == 0.0).all()


def test_chains_are_judged_by_what_labels_cannot_change():
    with pytest.warns(SamplerWarning, match="sum of squared weights"):
        model = ss.GaussianMixture(2, method=ss.Bayes(draws=30, warmup=0), rng=0).fit(DATA)
    assert not model.fit_result_.converged
    long = fit(draws=1000)
    assert long.fit_result_.converged, long.fit_result_.warnings


def test_fewer_rows_than_components():
    model = fit(k=5, X=DATA[:3], draws=50)
    assert model.weights_.shape == (5,)


def test_ranks_of_the_truth_are_even():
    """Short simulation-based calibration, in the units of the data: the mixture's mean and variance, and the log-likelihood."""
    from statsim.testing.follows import judge_follows
    from statsim.testing.verdict import ALPHA, settle, together

    rng, prior = np.random.default_rng(8), priors.NormalInverseWishart([100.0], 0.5, 8.0, [[60.0]])
    found = []
    for number in range(150):
        weight, variances = rng.beta(2.0, 2.0), 30.0 / rng.gamma(4.0, size=2)
        means = 100.0 + np.sqrt(variances / 0.5) * rng.normal(size=2)
        labels = (rng.random(12) >= weight).astype(int)
        X = (means[labels] + np.sqrt(variances[labels]) * rng.normal(size=12))[:, None]
        mixture = priors.MixturePrior(priors.Dirichlet(2.0), prior)
        values = fit(X=X, prior=mixture, sampler=ss.CollapsedGibbs(), draws=99 * 8, chains=1, warmup=50, rng=number).posterior_.values[0, ::8]
        truth = np.r_[weight, 1 - weight, means, variances][None]
        found.append((_quantities(values, X) < _quantities(truth, X)).sum(axis=0) + rng.random(3))
    ranks = np.array(found) / 100

    def uniform(x):
        return np.clip(x, 0.0, 1.0)

    settle(together("uniform ranks", [judge_follows(ranks[:, j], uniform, alpha=ALPHA / 3) for j in range(3)], ALPHA))


def _quantities(values, X):
    w, m, v = values[:, :2], values[:, 2:4], values[:, 4:6]
    mean = (w * m).sum(axis=1)
    spread = (w * (v + m**2)).sum(axis=1) - mean**2
    density = (w / np.sqrt(v) * np.exp(-0.5 * (X[:, :, None] - m) ** 2 / v)).sum(axis=2)
    return np.column_stack([mean, spread, np.log(density).sum(axis=0)])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit(prior=priors.DirichletProcess(), sampler=ss.BlockedGibbs()), "use CollapsedGibbs\\(\\) or SliceSampler\\(\\)"),
        (lambda: fit(sampler=ss.SliceSampler()), "the prior of the weights is a Dirichlet"),
        (lambda: fit(kind="tied", sampler=ss.CollapsedGibbs()), "covariance_type='tied' has one for all"),
        (lambda: fit(prior=priors.MixturePrior(components=priors.Flat())), "Flat\\(\\) is no law that can be averaged over"),
        (lambda: fit(prior=priors.Dirichlet([1.0, 1.0, 1.0])), "has 3 numbers and 2 are needed"),
        (lambda: fit(sample_weight=np.full(150, 0.5)), "weights must be whole numbers, got 0.5"),
        (lambda: fit(sample_weight=np.zeros(150)), "sample_weight"),
        (lambda: fit(k=3, prior=priors.DirichletProcess(50.0)), "raise n_components"),
        (lambda: fit(sampler=ss.NUTS()), "needs the gradient"),
        (lambda: ss.sample(ss.Target(lambda x: 0.0, dim=1, interpreted=True), ss.BlockedGibbs()), "draws the labels of a mixture's rows"),
        (lambda: priors.NormalInverseWishart([0.0, 0.0], 1.0, 3.0, [[1.0, 2.0], [2.0, 1.0]]), "must be positive definite, its eigenvalues are \\[-1.,  3.\\]"),
        (lambda: priors.NormalInverseWishart([0.0, 0.0], 1.0, 0.5, np.eye(2)), "a covariance of 2 columns needs more than 1"),
        (lambda: priors.NormalInverseWishart([0.0, 0.0], 1.0, 3.0, np.eye(3)), "scale must have shape \\(2, 2\\)"),
        (lambda: priors.NormalInverseWishart([0.0, 0.0], 1.0, 3.0, [[1.0, 0.1], [0.2, 1.0]]), "scale must be symmetric"),
        (lambda: priors.Dirichlet([1.0, -1.0]), "concentration must be a number above 0"),
        (lambda: priors.MixturePrior(weights=priors.Dirichlet), "write Dirichlet\\(...\\)"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, SamplerError), match=words):
        call()


@pytest.mark.parametrize("method", [ss.MAP(n_init=3), ss.VB(n_init=3, draws=100)], ids=str)
def test_the_protocol_of_scikit_learn(method):
    from sklearn.utils.estimator_checks import check_estimator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a handful of rows
        check_estimator(ss.GaussianMixture(2, method=method, rng=0))


def test_missing_values_are_refused_with_the_remedy():
    holes = DATA.copy()
    holes[0, 0] = np.nan
    with pytest.raises(ArgumentError, match="use method='map' or 'vb' with missing='mar'"):
        ss.GaussianMixture(2, method="bayes", missing="mar").fit(holes)
