"""One transition of each method: the slow twin's, and exact draws stay exact; twins with one mistake are noticed."""

import numpy as np
import pytest

from statsim import GaussianMixture, testing
from statsim.samplers.metropolis.affine_invariant import AffineInvariant
from statsim.samplers.metropolis.elliptical_slice import EllipticalSlice
from statsim.samplers.hamiltonian.hmc import HMC
from statsim.samplers.metropolis.independence import Independence
from statsim.samplers.hamiltonian.mala import MALA
from statsim.samplers.metropolis.slice import Slice
from tests.reference import metropolis as twin
from tests.samplers.metropolis_targets import SKEWED
from tests.samplers.one_step import advance, chain_of, transitions

LAW = twin.Skewed()
N, WALKERS = 10_000, 6
CENTRE, COVARIANCE = np.array([1.0, 3.0]), np.array([[0.4, 0.6], [0.6, 3.0]])
WIDTHS = np.array([0.9, 1.7])
HALF_STEP = {"adapt_step": False, "metric": "unit"}


def widths(chain):
    if "widths" in chain.state:
        chain.state["widths"][:] = WIDTHS


METHODS = {
    "Slice": Slice(max_widths=4),
    "Elliptical": EllipticalSlice(mean=CENTRE, covariance=COVARIANCE),
    "HMC": HMC(n_steps=4, step_size=0.2, **HALF_STEP),
    "HMC at the edge of stability": HMC(n_steps=3, step_size=0.45, **HALF_STEP),
    "MALA": MALA(step_size=0.3, steps_per_draw=1, **HALF_STEP),
}
STEPS = {
    "Slice": lambda y, stream, mistake=None: twin.slice_sweep(LAW.log_density, y, stream, widths=WIDTHS, most=4, mistake=mistake),
    "Elliptical": lambda y, stream, mistake=None: twin.elliptical_step(
        LAW.log_density, y, stream, mean=CENTRE, covariance=COVARIANCE, mistake=mistake
    ),
    "HMC": lambda y, stream, mistake=None: twin.hmc_step(
        LAW.log_density, LAW.gradient, y, stream, step=0.2, length=4, jitter=0.5, mistake=mistake
    ),
    "HMC at the edge of stability": lambda y, stream, mistake=None: twin.hmc_step(
        LAW.log_density, LAW.gradient, y, stream, step=0.45, length=3, jitter=0.5, mistake=mistake
    ),
    "MALA": lambda y, stream, mistake=None: twin.hmc_step(
        LAW.log_density, LAW.gradient, y, stream, step=0.3, length=1, jitter=0.0, mistake=mistake
    ),
}
MISTAKES = [
    ("Slice", "stale log density"),
    ("Slice", "interval begins at the point"),
    ("Elliptical", "normal counted twice"),
    ("Elliptical", "mean forgotten"),
    ("HMC", "kinetic energy forgotten"),
    ("HMC at the edge of stability", "kinetic energy forgotten"),
    ("MALA", "always taken"),
]


def constrained(y):
    return np.column_stack([np.exp(y[:, 0]), y[:, 1]])


@pytest.mark.parametrize("name", METHODS)
def test_steps_are_those_of_the_slow_twin(name):
    method, y, stream = METHODS[name], np.array([0.9, 2.5]), twin.Stream(3)
    chain = chain_of(method, SKEWED, 3)
    chain.initial = y[None]
    method.begin(chain, warmup=0)
    widths(chain)
    values, stats = advance(chain, method, 200)
    assert len(np.unique(values[0, :, 0])) > 20
    for x, log_density in zip(values[0], stats[0, :, 0], strict=True):
        y = STEPS[name](y, stream)
        np.testing.assert_allclose(x, [np.exp(y[0]), y[1]], rtol=1e-9)
        np.testing.assert_allclose(log_density, LAW.log_density_of(x), rtol=1e-9, atol=1e-9)
        y = LAW.unconstrained(x[None])[0]  # each step from the kernel's own point: rounding does not add up


@pytest.mark.parametrize("name", METHODS)
def test_one_step_leaves_exact_draws_exact(name, rng, seed):
    before = LAW.draw(N, rng)
    after = transitions(METHODS[name], SKEWED, LAW.unconstrained(before), seed=seed, tune=widths)
    testing.assert_mean(twin.changes(LAW, before, after), 0.0)


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_a_broken_step_is_noticed(name, mistake, rng, seed):
    before, stream = LAW.draw(N, rng), twin.Stream(seed)
    after = constrained(np.array([STEPS[name](y, stream, mistake) for y in LAW.unconstrained(before)]))
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(twin.changes(LAW, before, after), 0.0)


# ------------------------------------------------------------ walkers: the joint law of all of them

ENSEMBLE = AffineInvariant(walkers=WALKERS, steps_per_draw=1)


def ensemble_changes(before, after):
    """Changes of moments, averaged over walkers, and of products between walkers of one half and of both; (n, 8)."""
    n = len(before)
    own = twin.changes(LAW, before.reshape(-1, 2), after.reshape(-1, 2)).reshape(n, WALKERS, -1).mean(axis=1)

    def products(x):
        z = np.log(x[..., 0]) - 1.1
        sums, squares = z.reshape(n, 2, -1).sum(axis=2), (z**2).reshape(n, 2, -1).sum(axis=2)
        return np.column_stack([(sums**2 - squares).sum(axis=1), sums[:, 0] * sums[:, 1]])

    return np.hstack([own, products(after) - products(before)])


def exact_ensembles(rng):
    return LAW.draw(N // 2 * WALKERS, rng).reshape(-1, WALKERS, 2)


def unconstrained_ensembles(x):
    return LAW.unconstrained(x.reshape(-1, 2)).reshape(x.shape)


def test_walkers_move_as_the_slow_twin():
    stream, y = twin.Stream(3), LAW.unconstrained(LAW.draw(WALKERS, np.random.default_rng(1)))
    chain = chain_of(ENSEMBLE, SKEWED, 3)
    chain.initial = y.copy()
    ENSEMBLE.begin(chain, warmup=0)
    values, _ = advance(chain, ENSEMBLE, 100)
    for x in values.swapaxes(0, 1):
        y = twin.stretch_sweep(LAW.log_density, y, stream)
        np.testing.assert_allclose(x, constrained(y), rtol=1e-7)


def test_one_step_leaves_exact_ensembles_exact(rng, seed):
    before = exact_ensembles(rng)
    after = transitions(ENSEMBLE, SKEWED, unconstrained_ensembles(before), seed=seed)
    testing.assert_mean(ensemble_changes(before, after), 0.0)


@pytest.mark.parametrize("mistake", ["dimension forgotten", "one displacement for all walkers"])
def test_a_broken_ensemble_is_noticed(mistake, rng, seed):
    before, stream = exact_ensembles(rng), twin.Stream(seed)
    after = np.array(
        [constrained(twin.stretch_sweep(LAW.log_density, y, stream, mistake=mistake)) for y in unconstrained_ensembles(before)]
    )
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(ensemble_changes(before, after), 0.0)


# ------------------------------------------------------------ proposals from a model

PROPOSAL = GaussianMixture.from_parameters(weights=[1.0], means=[[3.0, 3.0]], covariances=[[[9.0, 6.0], [6.0, 9.0]]])


def test_one_step_from_a_proposal_leaves_exact_draws_exact(rng, seed):
    before, method = LAW.draw(N, rng), Independence(PROPOSAL)
    after = np.array(independent_steps(before, twin.Stream(seed), None))
    with_kernel = kernel_steps(method, before, seed)
    np.testing.assert_array_equal(with_kernel, after)  # the same words, the same proposals
    testing.assert_mean(twin.changes(LAW, before, with_kernel), 0.0)


def test_a_forgotten_hastings_ratio_is_noticed(rng, seed):
    before = LAW.draw(N, rng)
    after = np.array(independent_steps(before, twin.Stream(seed), "Hastings ratio forgotten"))
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(twin.changes(LAW, before, after), 0.0)


def independent_steps(before, stream, mistake):
    proposals = PROPOSAL.sample(len(before), rng=8)
    log_q = dict(zip(map(bytes, [*before, *proposals]), PROPOSAL.score_samples(np.vstack([before, proposals])), strict=True))
    return [
        twin.independence_step(LAW.log_density_of, lambda x: log_q[bytes(x)], x, proposal, stream, mistake=mistake)
        for x, proposal in zip(before, proposals, strict=True)
    ]


def kernel_steps(method, before, seed):
    """One step of the kernel from each row, proposals being rows of data set 8."""
    from statsim.kernels.metropolis.independence import advance_independence

    chain = chain_of(method, SKEWED, seed)
    proposals = PROPOSAL.sample(len(before), rng=8)
    log_q, log_q_before = PROPOSAL.score_samples(proposals), PROPOSAL.score_samples(before)
    after, stats, point = np.empty((len(before), 1, 2)), np.empty((1, 4)), np.empty((1, 2))
    for i, x in enumerate(before):
        value = LAW.log_density_of(x)
        numbers = np.array([value, value - log_q_before[i]])
        advance_independence(chain.context, chain.random, point, x.copy(), numbers, proposals[i : i + 1], log_q[i : i + 1], after[i], stats)
    return after[:, 0]
