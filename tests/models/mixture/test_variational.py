"""Variational Bayes of a mixture: the bound against the evidence by enumeration, scikit-learn, one component, units, weights."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

import statsim as ss
from statsim import priors, testing
from statsim.errors import FitWarning
from statsim.models.mixture.steps import MixtureState
from tests.models.mixture.cases import COMPONENTS, KINDS, X, problem, two_groups
from tests.reference import mixture_labels as twin

WEIGHTS = [priors.Dirichlet(0.8), priors.DirichletProcess(1.3)]


def fit(X, k, kind="full", prior=None, n_init=4, **options):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Pareto k", category=FitWarning)
        return ss.GaussianMixture(k, covariance_type=kind, method=ss.VB(prior=prior, n_init=n_init, draws=400), rng=0).fit(X, **options)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_the_bound_rises_to_a_top_below_the_evidence(kind, weights):
    steps = problem(kind, 2).variational(priors.MixturePrior(weights, COMPONENTS))
    state = steps.start(0, "kmeans", np.array([1, 2], np.uint64))
    path = []
    for _ in range(400):
        value, state = steps.em(state)
        path.append(value)
    assert np.diff(path).min() > -1e-12 * abs(path[-1])
    rng, vector = np.random.default_rng(1), steps.pack(state)
    around = [steps.em(steps.unpack(_symmetric(vector + size * rng.normal(size=vector.size), kind)))[0] for size in (1e-3, 1e-2) for _ in range(20)]
    assert max(around) < path[-1]
    if isinstance(weights, priors.Dirichlet):
        normal = steps.rule.standard.normal
        _, evidence = twin.posterior(steps.rows.values, kind, normal, twin.labellings(6, 2), lambda labels: twin.log_dirichlet(labels, [0.8, 0.8]))
        assert evidence - 12.0 < path[-1] < evidence


def _symmetric(vector, kind):
    if kind in ("full", "tied"):
        covariances = vector[6:].reshape(-1, 2, 2)
        vector[6:] = ((covariances + covariances.transpose(0, 2, 1)) / 2).ravel()
    return vector


@pytest.mark.parametrize("kind", KINDS)
def test_one_component_is_exact(kind):
    """The bound is the evidence, every weight of a draw is 1, and the law is the conjugate posterior."""
    model = fit(X, 1, kind, COMPONENTS)
    assert_allclose(model.fit_result_.objective, twin.log_evidence(X, [0] * 6, kind, COMPONENTS), rtol=1e-12)
    steps = problem(kind, 1).variational(COMPONENTS)
    law = steps.law_of(steps.em(steps.start(0, "kmeans", np.zeros(2, np.uint64)))[1])
    draws = law.sample(200, np.array([3, 4], np.uint64))
    weights = law.log_weights(draws)
    assert np.ptp(weights) < 1e-9


def test_one_column_draws_are_student_and_inverse_gamma():
    from scipy import stats

    prior = priors.NormalInverseWishart(mean=[1.0], mean_precision=0.5, degrees_of_freedom=3.0, scale=[[2.0]])
    for method in (ss.VB(prior=prior, draws=5000), ss.Bayes(prior=prior, chains=2, draws=2500, warmup=0)):
        model = ss.GaussianMixture(1, method=method, rng=5).fit(X[:, :1])
        after = prior.updated(6, X[:, :1].mean(axis=0), 6 * np.cov(X[:, 0], ddof=0).reshape(1, 1))
        means, variances = model.posterior_["means"].ravel(), model.posterior_["covariances"].ravel()
        law = stats.t(after.degrees_of_freedom, after.mean[0], np.sqrt(after.scale[0, 0] / (after.mean_precision * after.degrees_of_freedom)))
        testing.assert_follows(means, law.cdf)
        testing.assert_follows(1 / variances, stats.gamma(after.degrees_of_freedom / 2, scale=2 / after.scale[0, 0]).cdf)
        with pytest.raises(AssertionError):  # the broken twin: a degree of freedom too few
            testing.assert_follows(1 / variances, stats.gamma(after.degrees_of_freedom / 2 - 0.5, scale=2 / after.scale[0, 0]).cdf)


def peer_of(weights, k):
    """scikit-learn's model with the prior of the tests; its last stick is made to take the rest, as in Blei and Jordan (2006)."""
    from scipy.special import digamma
    from sklearn.mixture import BayesianGaussianMixture

    class Truncated(BayesianGaussianMixture):
        def _estimate_log_weights(self, **options):
            logs = super()._estimate_log_weights(**options)
            if self.weight_concentration_prior_type == "dirichlet_process":
                first, second = self.weight_concentration_
                logs[-1] -= digamma(first[-1]) - digamma(first[-1] + second[-1])
            return logs

    kind = "dirichlet_process" if isinstance(weights, priors.DirichletProcess) else "dirichlet_distribution"
    return Truncated(
        n_components=k, weight_concentration_prior_type=kind, weight_concentration_prior=weights.concentration, mean_precision_prior=0.5,
        mean_prior=COMPONENTS.mean, degrees_of_freedom_prior=5.0, covariance_prior=COMPONENTS.scale, reg_covar=0.0,
    )  # fmt: skip


@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_scikit_learn_takes_the_same_steps(weights):
    data, k = two_groups(60), 3
    peer, gaps = peer_of(weights, k), []
    for seed in (0, 1):
        share = np.random.default_rng(seed).dirichlet(np.full(k, 0.2), size=len(data))
        peer._check_parameters(data)
        peer._initialize(data, share)
        steps = problem("full", k, data).variational(priors.MixturePrior(weights, COMPONENTS))
        centre, scale, counts = steps.rows.centre, steps.rows.scale, share.sum(axis=0)
        state = MixtureState(counts / counts.sum(), (peer.means_ - centre) / scale, peer.covariances_ / np.outer(scale, scale))
        for _ in range(40):
            norm, log_share = peer._e_step(data)
            peer._m_step(data, log_share)
            value, state = steps.em(state)
            assert_allclose(state.means * scale + centre, peer.means_, rtol=1e-6, atol=1e-8)
            assert_allclose(state.covariances * np.outer(scale, scale), peer.covariances_, rtol=1e-6, atol=1e-8)
        # scikit-learn leaves constants out, and its bound is that of the memberships before the last step of the parameters
        gaps.append(steps.em(state)[0] - peer._compute_lower_bound(log_share, norm))
    if isinstance(weights, priors.Dirichlet):
        assert_allclose(gaps[0], gaps[1], atol=1e-2)


@pytest.mark.parametrize("kind", KINDS)
def test_units_order_and_weights_change_nothing(kind):
    data = np.round(two_groups() * 2**20) / 2**20
    base = fit(data, 2, kind)
    scaled, mixed = fit(data * 2.0**40, 2, kind), fit(data[::-1], 2, kind)
    assert (scaled.means_ == base.means_ * 2.0**40).all()
    assert (mixed.posterior_.values == base.posterior_.values).all()
    assert_allclose(scaled.fit_result_.objective, base.fit_result_.objective - data.size * 40 * np.log(2), rtol=1e-12)
    twice = fit(data, 2, kind, sample_weight=np.r_[2.0, np.ones(len(data) - 1)])
    assert_allclose(twice.means_, fit(np.r_[data[:1], data], 2, kind).means_, rtol=1e-12)


def test_much_data_leads_to_maximum_likelihood():
    data = two_groups(20_000)
    variational, likely = fit(data, 2), ss.GaussianMixture(2, rng=0).fit(data)
    assert_allclose(variational.weights_, likely.weights_, atol=1e-3)
    assert_allclose(variational.means_, likely.means_, atol=1e-3)
    assert_allclose(variational.covariances_, likely.covariances_, atol=3e-3)


def test_components_that_nothing_asks_for_are_emptied():
    model = fit(two_groups(400), 6, prior=priors.Dirichlet(0.01))
    assert np.sort(model.weights_)[:4].max() < 0.01


def test_missing_values_are_averaged_over():
    data = two_groups(300)
    whole = fit(data, 2)
    data[::3, 1] = np.nan
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Pareto k", category=FitWarning)
        holes = ss.GaussianMixture(2, method=ss.VB(n_init=4, draws=400), missing="mar", rng=0).fit(data)
    assert np.diff(holes.fit_result_.path).min() > -1e-9
    assert_allclose(holes.means_, whole.means_, atol=0.4)


def test_constant_columns_and_files(tmp_path):
    data = np.column_stack([two_groups(), np.full(150, 7.0)])
    for kind in KINDS:
        model = fit(data, 2, kind)
        assert (model.means_[:, 2] == 7.0).all()
        assert (model.sample(50, rng=1)[:, 2] == 7.0).all()
        model.save(tmp_path / "model.json", force=True)
        back = ss.load(tmp_path / "model.json")
        assert (back.posterior_.values == model.posterior_.values).all()
        assert (back.sample(100, rng=2) == model.sample(100, rng=2)).all()
        assert (back.score_samples(data) == model.score_samples(data)).all()
