"""NUTS on the twelve reference posteriors: the log density is the stated one, and the draws agree with the reference."""

import math

import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim import testing
from statsim.errors import SamplerWarning
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.sampling import sample
from statsim.samplers.targets.target import Target
from tests.reference.posteriors import eight_schools, garch, gaussian_mixture, gaussian_process, regressions
from tests.samplers.agreement import Truth, assert_agrees

POSTERIORS = {
    "arK": regressions.autoregression,
    "earnings": regressions.earnings,
    "kidscore interaction": regressions.kid_score_interaction,
    "kidscore": regressions.kid_score,
    "mesquite": regressions.mesquite,
    "nes": regressions.party,
    "blr": regressions.simulated,
    "eight schools": eight_schools.schools_non_centred,
    "garch": garch.volatility,
    "gaussian process": gaussian_process.function_of_place,
    "gaussian mixture": gaussian_mixture.two_normals,
}
CENTRED = eight_schools.schools_centred


@pytest.mark.parametrize("make", [*POSTERIORS.values(), CENTRED])
def test_log_density_is_the_stated_one_up_to_a_constant(make):
    posterior = make()
    difference = posterior.target.log_density(posterior.points) - posterior.log_densities
    assert_allclose(difference, difference[0], rtol=0, atol=1e-10 * np.abs(posterior.log_densities).max())
    posterior.target.check_gradient(posterior.points[:2], rtol=1e-6)


def truth_of(posterior):
    reference = posterior.reference
    return Truth(
        mean=reference("mean"),
        sd=reference("sd"),
        quantiles={0.05: reference("q05"), 0.5: reference("q50"), 0.95: reference("q95")},
        mean_error=reference("mcse_mean"),
        sd_error=reference("mcse_sd"),
        size=np.minimum(reference("ess_tail"), (reference("sd") / reference("mcse_mean")) ** 2),
    )


def drawn(posterior, *, draws=2000):
    """Draws at the target acceptance of the reference run: 0.8, 0.95 for eight schools, 0.99 for the Gaussian process."""
    target_accept = posterior.record["reference"]["control"]["adapt_delta"]
    return sample(posterior.target, NUTS(target_accept=target_accept), draws=draws, rng=20)


@pytest.mark.parametrize("name", POSTERIORS)
def test_draws_agree_with_the_reference(name):
    posterior = POSTERIORS[name]()
    draws = drawn(posterior)
    assert_agrees(posterior.report(draws.values), truth_of(posterior))
    assert not draws.stats["divergent"].any()


def test_the_centred_eight_schools_diverge():
    with pytest.warns(SamplerWarning, match="transitions diverged"):
        draws = sample(CENTRED().target, NUTS(), rng=20)
    assert draws.stats["divergent"].sum() >= 5


def test_a_wrong_prior_scale_is_noticed():
    draws = drawn(eight_schools.schools_non_centred(prior=3.0))
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        assert_agrees(eight_schools.schools_non_centred().report(draws.values), truth_of(eight_schools.schools_non_centred()))


def test_a_forgotten_prior_is_noticed():
    posterior = regressions.mesquite(precision=1.0)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        assert_agrees(drawn(posterior).values, truth_of(posterior))


@numba.njit
def _process_of_logarithms(y, out, places, response):
    x = np.exp(y)
    value = gaussian_process.process(x, out, places, response)
    out *= x
    return value if math.isfinite(x.sum()) else -math.inf


def test_a_forgotten_jacobian_is_noticed():
    posterior = gaussian_process.function_of_place()
    target = Target(value_and_gradient=_process_of_logarithms, dim=3, data=posterior.target.data)
    draws = sample(target, NUTS(target_accept=0.95), draws=2000, rng=20)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        assert_agrees(np.exp(draws.values), truth_of(posterior))
