"""Rejection under a bound of the user's: the law, the account of tries, and every way in which it must refuse."""

import numba
import numpy as np
import pytest
from scipy import stats

from statsim import GaussianMixture, testing
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError, TargetError
from statsim.samplers.rejection.rejection import Rejection, rejection
from statsim.samplers.sampling import sample
from statsim.samplers.supports import Bounded, Ordered, Simplex
from statsim.samplers.targets.target import Target
from statsim.samplers.rejection.truncation import Truncation
from tests.samplers import line_targets as line

N = 100_000
BOUND = np.log(1.5)


@pytest.fixture(autouse=True)
def wrapping_words():
    with np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


@numba.njit
def _beta(x):
    return np.log(6.0 * x[0] * (1.0 - x[0]))


BETA = Target(_beta, dim=1, support=Bounded(0.0, 1.0), **line.QUIET)
UNIFORM = (lambda n, generator: generator.random(n), lambda rows: np.zeros(len(rows)))
WIDE = GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[1.5]]])


def squeeze(rows):
    return np.log(np.maximum(6.0 * rows[:, 0] * (1.0 - rows[:, 0]) - 0.1, 1e-9))


def test_draws_follow_the_law_and_the_rate_is_one_over_m(seed):
    draws = sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND), draws=N, rng=seed)
    testing.assert_follows(draws.values[0, :, 0], stats.beta(2, 2).cdf, detects=0.02)
    account = draws.acceptance
    assert abs(account.rate - 2 / 3) < 6 * account.standard_error
    assert account.standard_error == pytest.approx(np.sqrt(2 / 9 / account.tries), rel=0.05)
    assert account.rate == (N - 1) / (account.tries - 1)


def test_a_proposal_that_states_another_density_is_found(seed):
    skewed = (lambda n, generator: generator.random(n) ** 1.1, UNIFORM[1])
    draws = sample(BETA, Rejection(proposal=skewed, log_bound=BOUND), draws=N, rng=seed)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(draws.values[0, :, 0], stats.beta(2, 2).cdf)


def test_a_model_as_proposal(seed):
    bound = 7.0 + 0.5 * np.log(2 * np.pi * 1.5)
    draws = rejection(line.NORMAL, proposal=WIDE, log_bound=bound, draws=N, rng=seed)
    testing.assert_follows(draws.values[0, :, 0], stats.norm.cdf, detects=0.02)
    assert abs(draws.acceptance.rate - 1 / np.sqrt(1.5)) < 6 * draws.acceptance.standard_error


def test_squeeze_spares_evaluations_and_changes_no_draw():
    plain = sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND), draws=5000, rng=3)
    squeezed = sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND, squeeze=squeeze), draws=5000, rng=3)
    np.testing.assert_array_equal(plain.values, squeezed.values)
    assert squeezed.acceptance.evaluations < 0.5 * plain.acceptance.evaluations


def test_a_violated_bound_shows_point_values_and_remedy():
    with pytest.raises(SamplerError, match=r"x = \[0\.\d+\].*log density is 0\.4.*is 0\.4\b.*raise log_bound by at least 0\.00"):
        sample(BETA, Rejection(proposal=UNIFORM, log_bound=0.4), draws=5000, rng=0)


def test_a_violated_squeeze_shows_the_point():
    with pytest.raises(SamplerError, match=r"squeeze is .* at x = \[0\.\d+\], above the log density"):
        sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND, squeeze=lambda rows: np.minimum(squeeze(rows) + 0.3, -0.5)), draws=5000, rng=0)


def test_a_squeeze_above_the_envelope_shows_point_and_values():
    with pytest.raises(SamplerError, match=r"squeeze is 0\.5 at x = \[0\.\d+\], above the envelope .* = 0\.4054"):
        sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND, squeeze=lambda rows: np.full(len(rows), 0.5)), draws=10, rng=0)


def test_a_squeeze_that_accepts_everything_is_found_by_the_checks():
    method = Rejection(proposal=UNIFORM, log_bound=BOUND, squeeze=lambda rows: np.full(len(rows), BOUND))
    with pytest.raises(SamplerError, match=r"squeeze is .* at x = \[0\.\d+\], above the log density"):
        sample(BETA, method, draws=5000, rng=0)


def test_a_squeeze_accepts_nothing_outside_the_support():
    wide = (lambda n, generator: generator.random(n) * 4.0 - 2.0, lambda rows: np.full(len(rows), -np.log(4.0)))
    flat = Target(lambda x: 0.0, dim=1, support=Bounded(0.0, 1.0), interpreted=True)
    draws = sample(flat, Rejection(proposal=wide, log_bound=np.log(4.0), squeeze=lambda rows: np.zeros(len(rows))), draws=1000, rng=2)
    assert 0.0 < draws.values.min() < draws.values.max() < 1.0
    assert 0 < draws.acceptance.evaluations < 0.02 * draws.acceptance.tries


def test_ordered_coordinates_come_in_order():
    square = (lambda n, generator: generator.random((n, 2)), lambda rows: np.zeros(len(rows)))
    target = Target(lambda x: 0.0, dim=2, support=Ordered(2), interpreted=True)
    draws = sample(target, Rejection(proposal=square, log_bound=0.0), draws=500, rng=1)
    assert (draws.values[0, :, 1] > draws.values[0, :, 0]).all()
    assert abs(draws.acceptance.rate - 0.5) < 6 * draws.acceptance.standard_error


def test_a_support_that_no_candidate_hits_is_refused():
    square = (lambda n, generator: generator.random((n, 2)), lambda rows: np.zeros(len(rows)))
    with pytest.raises(ArgumentError, match=r"Rejection: .*cannot hit the support Simplex.*NUTS\(\)"):
        sample(Target(lambda x: 0.0, dim=2, support=Simplex(2), interpreted=True), Rejection(proposal=square, log_bound=0.0), draws=5, rng=1)


def test_a_start_is_refused_without_chains():
    with pytest.raises(ArgumentError, match=r"initial=\[0\.5\]: Rejection has no chains.*leave initial out"):
        sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND), draws=10, initial=[0.5])


def test_same_bits_and_same_account_for_any_threads():
    method = Rejection(proposal=WIDE, log_bound=7.0 + 0.5 * np.log(2 * np.pi * 1.5))
    one, three = (sample(line.NORMAL, method, draws=60_000, rng=5, num_threads=threads) for threads in (1, 3))
    np.testing.assert_array_equal(one.values, three.values)
    assert one.acceptance == three.acceptance


def test_fewer_draws_are_the_first_of_more():
    method = Rejection(proposal=UNIFORM, log_bound=BOUND)
    many, few = (sample(BETA, method, draws=n, rng=5).values[0] for n in (20_000, 7))
    np.testing.assert_array_equal(many[:7], few)


def test_the_budget_is_exact():
    draws = sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND), draws=5000, rng=2)
    tries = draws.acceptance.tries
    again = sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND, max_tries=tries), draws=5000, rng=2)
    np.testing.assert_array_equal(again.values, draws.values)
    with pytest.raises(SamplerError, match=f"{tries - 1} candidates gave"):
        sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND, max_tries=tries - 1), draws=5000, rng=2)


def test_a_hopeless_bound_ends():
    with pytest.raises(SamplerError, match="20000 candidates gave 0 of the 10 draws"):
        sample(BETA, Rejection(proposal=UNIFORM, log_bound=60.0, max_tries=20_000), draws=10, rng=2)


def test_the_target_is_not_asked_outside_its_support():
    wide = (lambda n, generator: generator.random(n) * 4.0 - 2.0, lambda rows: np.full(len(rows), -np.log(4.0)))
    draws = sample(BETA, Rejection(proposal=wide, log_bound=np.log(6.0)), draws=1000, rng=2)
    assert 0.0 < draws.values.min() < draws.values.max() < 1.0


@pytest.mark.parametrize("num_threads", [1, 3])
def test_a_wrong_target_is_named_with_its_point(num_threads):
    broken = Target(lambda x: np.nan if x[0] > 0.99 else 0.0, dim=1, interpreted=True)
    with pytest.raises(TargetError, match=r"nan at x = \[0\.99"):
        sample(broken, Rejection(proposal=UNIFORM, log_bound=0.0), draws=5000, rng=0, num_threads=num_threads)


def test_truncation_needs_no_bound(seed):
    model = GaussianMixture.from_parameters(weights=[0.5, 0.5], means=[[0.0, 0.0], [3.0, 3.0]], covariances=[np.eye(2), np.eye(2)])
    draws = sample(Truncation(model, lambda rows: rows.sum(1) > 0.0), Rejection(), draws=N, rng=seed)
    assert (draws.values.sum(2) > 0.0).all()
    probability = 0.5 * 0.5 + 0.5 * stats.norm.cdf(6 / np.sqrt(2))
    assert abs(draws.acceptance.rate - probability) < 6 * draws.acceptance.standard_error
    assert draws.acceptance.evaluations == 0


def test_restricted_models_bring_their_candidates():
    model = GaussianMixture.from_parameters(weights=[1.0], means=[[0.0, 0.0]], covariances=[np.eye(2)])
    region = model.where(lambda rows: rows[:, 0] > 1.0, bounds={1: (2.0, None)})
    draws = sample(region, draws=2000, rng=1)
    assert draws.method == Rejection()
    assert draws.values.shape == (1, 2000, 2)
    assert draws.values[..., 0].min() > 1.0
    assert draws.values[..., 1].min() > 2.0
    assert 0.1 < draws.acceptance.rate < 0.25  # only the predicate, of probability 0.159, is left to chance


@pytest.mark.parametrize(
    ("method", "error", "message"),
    [
        (lambda: Rejection(), ArgumentError, "not estimated"),
        (lambda: Rejection(proposal=UNIFORM), ArgumentError, "not estimated"),
        (lambda: Rejection(proposal=3, log_bound=0.0), ArgumentTypeError, "got 3"),
        (lambda: Rejection(log_bound=np.inf), ArgumentError, "inf"),
        (lambda: Rejection(max_tries=0), ArgumentError, "max_tries"),
        (lambda: Rejection(proposal=(lambda n, g: g.random((n, 3)), UNIFORM[1]), log_bound=1.0), ArgumentError, r"\(4096, 3\)"),
        (lambda: Rejection(proposal=(UNIFORM[0], lambda rows: 0.0), log_bound=1.0), ArgumentError, r"shape \(\)"),
        (lambda: Rejection(proposal=(UNIFORM[0], lambda rows: np.full(len(rows), -np.inf)), log_bound=1.0), SamplerError, "do not agree"),
        (lambda: Rejection(proposal=(lambda n, g: np.full(n, np.nan), UNIFORM[1]), log_bound=1.0), ArgumentError, "not finite"),
    ],
)
def test_wrong_arguments_are_refused(method, error, message):
    with pytest.raises(error, match=message):
        sample(BETA, method(), draws=10, rng=0)


def test_chains_and_zero_draws_are_refused():
    with pytest.raises(ArgumentError, match="has no chains"):
        sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND), chains=4)
    with pytest.raises(ArgumentError, match="draws"):
        sample(BETA, Rejection(proposal=UNIFORM, log_bound=BOUND), draws=0)
