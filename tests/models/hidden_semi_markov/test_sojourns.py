"""Sojourn laws: their tables against SciPy, their M steps against optimisation, what they refuse."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

from statsim.errors import ArgumentError, FileRefusedError
from statsim.models.hmm.sojourns import SOJOURNS, Free, Geometric, ShiftedNegativeBinomial, ShiftedPoisson

LAWS = [
    *((Geometric([p]), stats.geom(p)) for p in (0.5, 1e-3, 1.0)),
    *((ShiftedPoisson([rate]), stats.poisson(rate, loc=1)) for rate in (0.0, 0.3, 7.0, 40.0, 900.0)),
    *(
        (ShiftedNegativeBinomial([size], [p]), stats.nbinom(size, p, loc=1))
        for size, p in ((0.01, 0.2), (0.5, 0.01), (1.0, 0.3), (20.0, 0.4), (3.0, 1.0), (1e4, 0.99), (0.3, 1e-9))
    ),
]


@pytest.mark.parametrize("longest", [1, 2, 30, 400])
@pytest.mark.parametrize(("law", "peer"), LAWS, ids=[repr(law) for law, _ in LAWS])
def test_tables_equal_scipy(law, peer, longest):
    log_d, log_s = law.checked().log_tables(longest)
    u = np.arange(1, longest + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected, survivors = peer.logpmf(u), np.log(peer.sf(u - 1))
        deep = survivors < -600.0  # beyond the doubles: its first terms
        survivors[deep] = np.logaddexp.reduce(peer.logpmf(u[deep][:, None] + np.arange(200)), axis=1)
    expected[-1] = survivors[-1]
    assert_allclose(log_s[0], survivors, rtol=1e-8, atol=1e-10)
    assert_allclose(log_d[0], expected, rtol=1e-8, atol=1e-10)
    assert_allclose(law.checked().table(longest).sum(), 1.0, rtol=1e-10)


def test_a_free_table_is_what_was_given():
    law = Free([[0.0, 0.25, 0.75, 0.0]]).checked()
    log_d, log_s = law.log_tables(6)
    assert_allclose(np.exp(log_d), [[0.0, 0.25, 0.75, 0.0, 0.0, 0.0]])
    assert_allclose(np.exp(log_s), [[1.0, 1.0, 0.75, 0.0, 0.0, 0.0]])


# ---------------------------------------------------------------- M steps


def counts(rng, longest=12):
    return rng.poisson(5.0, (1, longest)).astype(float), rng.poisson(2.0, (1, longest)).astype(float)


def expected_log_likelihood(law, completed, censored):
    log_d, log_s = law.log_tables(completed.shape[1])
    counted = lambda table, weight: (table[weight > 0] * weight[weight > 0]).sum()  # noqa: E731
    return counted(log_d, completed) + counted(log_s, censored)


def converged(law, completed, censored):
    path = []
    for _ in range(400):
        path.append(expected_log_likelihood(law, completed, censored))
        law = law.estimate(completed, censored)
    assert np.diff(path).min() > -1e-9
    return law, path[-1]


def best(build, at, completed, censored):
    return -optimize.minimize(
        lambda v: -expected_log_likelihood(build(v), completed, censored), at, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    ).fun


def test_m_steps_reach_the_maximum_with_sojourns_cut_off(rng):
    completed, censored = counts(rng)
    for law, build, at in (
        (Geometric(np.array([0.9])), lambda v: Geometric(1 / (1 + np.exp(-v))), [0.0]),
        (ShiftedPoisson(np.array([1.0])), lambda v: ShiftedPoisson(np.exp(v)), [1.0]),
        (ShiftedNegativeBinomial(np.array([4.0]), np.array([0.2])), lambda v: ShiftedNegativeBinomial(np.exp(v[:1]), 1 / (1 + np.exp(-v[1:]))), [0.0, 0.0]),
    ):
        found = converged(law, completed, censored)[1]
        assert found == pytest.approx(best(build, at, completed, censored), abs=1e-7)


def test_the_free_m_step_is_kaplan_meier(rng):
    completed, censored = counts(rng)
    law, _ = converged(Free(np.full((1, 12), 1 / 12)), completed, censored)
    u = np.arange(12)
    at_risk = np.array([completed[0, i:].sum() + censored[0, i + 1 :].sum() for i in u])
    survivors = np.cumprod(1.0 - completed[0] / at_risk)
    expected = -np.diff(np.append(1.0, survivors))
    # what was cut off in the last step allowed can only have ended there
    assert_allclose(law.probabilities[0], expected, atol=1e-9)


def test_without_cut_off_sojourns_the_m_steps_are_the_textbook():
    completed, none = np.array([[3.0, 0.0, 2.0, 5.0, 0.0, 0.0]]), np.zeros((1, 6))
    mean = (3 * 1 + 2 * 3 + 5 * 4) / 10
    assert_allclose(Geometric(np.array([0.5])).estimate(completed, none).probabilities, [1 / mean])
    assert_allclose(ShiftedPoisson(np.array([0.5])).estimate(completed, none).rates, [mean - 1])
    assert_allclose(Free(np.full((1, 6), 1 / 6)).estimate(completed, none).probabilities, completed / 10)


@pytest.mark.parametrize("law", [law for law, _ in LAWS] + [Free([[0.25, 0.75]])], ids=lambda value: repr(value)[:60])
def test_documents_and_vectors(law):
    law = law.checked()
    again = SOJOURNS[law.name].from_document(law.to_document())
    for name in law.parameter_names():
        np.testing.assert_array_equal(getattr(again, name), getattr(law, name))
    unpacked = law.unpack(law.pack())
    assert unpacked is None or np.abs(unpacked.table(20) - law.table(20)).max() < 2e-5  # sizes are bounded in fits
    assert law.unpack(np.full_like(law.pack(), np.nan)) is None


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (Geometric([0.5, 0.0]), r"probabilities must be above 0 and at most 1, got probabilities\[1\] = 0"),
        (Geometric([1.5]), r"probabilities\[0\] = 1.5"),
        (ShiftedPoisson([2.0, -1.0]), r"rates must be at least 0, got rates\[1\] = -1"),
        (ShiftedPoisson([np.nan]), r"rates contains NaN"),
        (ShiftedNegativeBinomial([1.0], [0.0]), r"probabilities\[0\] = 0"),
        (ShiftedNegativeBinomial([-2.0], [0.5]), r"sizes must be above 0, got sizes\[0\] = -2"),
        (ShiftedNegativeBinomial([1.0, 2.0], [0.5]), "as many sizes as probabilities, got 2 and 1"),
        (ShiftedNegativeBinomial([1.0]), "ShiftedNegativeBinomial sojourns need probabilities"),
        (Free([[0.0, 0.0]]), r"each row of probabilities of Free must sum to 1, got row 0 = \[0.0, 0.0\] with sum 0.0"),
        (Free([[1.2, -0.2]]), r"must not be negative, got probabilities of Free\[0, 1\] = -0.2"),
        (Free([0.5, 0.5]), r"probabilities of Free must have shape \(k, m\)"),
    ],
)
def test_what_is_refused(law, words):
    with pytest.raises(ArgumentError, match=words):
        law.checked()


def test_files_are_closed():
    with pytest.raises(FileRefusedError, match="unknown keys"):
        Geometric.from_document({"probabilities": [0.5], "more": 1})
