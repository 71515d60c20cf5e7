"""The samplers of labels against all labellings of a few rows, and Geweke's joint law of parameters, labels and rows."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim.distributions.priors import Dirichlet, DirichletProcess, MixturePrior, NormalInverseWishart
from statsim.kernels.mixture.labels.components import log_joint, rebuild
from statsim.models.mixture.parameter_rows import split
from statsim.samplers.gibbs.blocked_gibbs import BlockedGibbs
from statsim.samplers.gibbs.collapsed_gibbs import CollapsedGibbs
from statsim.samplers.gibbs.slice_sampler import SliceSampler
from tests.models.mixture.cases import COMPONENTS, KINDS, problem, sweeps_of
from tests.reference import mixture_labels as twin
from tests.samplers.agreement import Truth, assert_agrees

SHAPES = np.array([1.5, 0.7])
FINITE = [(BlockedGibbs(), kind) for kind in KINDS] + [(CollapsedGibbs(), kind) for kind in ("full", "diag", "spherical")]
PROCESS = [(method, kind) for method in (CollapsedGibbs(), SliceSampler()) for kind in ("full", "diag", "spherical")]
CHAINS, DRAWS = 4, 1600


def chains(setting, statistic):
    """statistic(labels) (chain, draw, k) along chains of one-sweep calls."""
    target, rows, advance, labels, random = setting
    values, stats = np.empty((1, target.dim)), np.empty((1, 2))
    out = []
    for _ in range(CHAINS * DRAWS):
        assert advance(random, labels, values, stats) == (None, 1)
        out.append(statistic(labels))
    return np.array(out, float).reshape(CHAINS, DRAWS, -1)


def pairs(labels):
    """Which rows are together, how many components there are, and the label of the first row where that means something."""
    together = np.equal.outer(labels, labels)[np.triu_indices(len(labels), 1)]
    return np.append(together, len(set(labels.tolist())) == 2)


def known(rows, kind, prior, candidates, log_prior, statistic):
    probabilities, _ = twin.posterior(rows, kind, prior, candidates, log_prior)
    return Truth(mean=probabilities @ np.array([statistic(np.array(labels)) for labels in candidates], float))


@pytest.mark.parametrize(("method", "kind"), FINITE, ids=str)
def test_labels_of_a_fixed_number_of_components(method, kind):
    setting = sweeps_of(kind, 2, method, Dirichlet(SHAPES))

    def statistic(labels):
        return np.append(pairs(labels), labels == 0)

    truth = known(setting[1], kind, setting[0]._standard.normal, twin.labellings(6, 2), lambda labels: twin.log_dirichlet(labels, SHAPES), statistic)
    found = chains(setting, statistic)
    assert_agrees(found, truth)
    with pytest.raises(AssertionError):  # the broken twin: a prior mean worth nine tenths of a row too many
        wrong = replace(setting[0]._standard.normal, mean_precision=1.4)
        assert_agrees(found, known(setting[1], kind, wrong, twin.labellings(6, 2), lambda labels: twin.log_dirichlet(labels, SHAPES), statistic))


@pytest.mark.parametrize(("method", "kind"), PROCESS, ids=str)
def test_partitions_of_a_dirichlet_process(method, kind):
    setting = sweeps_of(kind, 8, method, DirichletProcess(1.3))
    truth = known(setting[1], kind, setting[0]._standard.normal, twin.partitions(6), lambda labels: twin.log_process(labels, 1.3), pairs)
    found = chains(setting, pairs)
    assert_agrees(found, truth)
    with pytest.raises(AssertionError):  # the broken twin: another concentration
        wrong = known(setting[1], kind, setting[0]._standard.normal, twin.partitions(6), lambda labels: twin.log_process(labels, 0.8), pairs)
        assert_agrees(found, wrong)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weights", [Dirichlet(SHAPES), DirichletProcess(1.3)], ids=str)
def test_the_joint_density_of_rows_and_labels(kind, weights):
    process = isinstance(weights, DirichletProcess)
    target = problem(kind, 2).posterior(MixturePrior(weights, COMPONENTS))
    table = np.zeros(2, np.int64), np.empty((2, 2)), np.empty((2, 2, 2))
    for found in [(0, 0, 0, 0, 0, 0), (0, 1, 1, 0, 1, 0), (0, 0, 1, 1, 1, 1)]:
        rebuild(target._kernel_prior, table, target._rows, np.array(found), np.empty(2))
        prior = twin.log_process(found, 1.3) if process else twin.log_dirichlet(found, SHAPES)
        assert_allclose(log_joint(target._kernel_prior, table), twin.log_evidence(target._rows, found, kind, target._standard.normal) + prior, rtol=1e-11)


# ---------------------------------------------------------------- Geweke's joint law

TIGHT = NormalInverseWishart(mean=[0.5, -0.5], mean_precision=1.0, degrees_of_freedom=14.0, scale=[[11.0, 3.0], [3.0, 11.0]])


def joint_chain(method, kind, weights, k, rng, wrong=1.0):
    """Draws of (parameters, labels, rows) by turns: a sweep given the rows, then rows given labels and parameters."""
    target, rows, advance, labels, random = sweeps_of(kind, k, method, weights, components=TIGHT)
    centre, scale = target._steps.rows.centre, target._steps.rows.scale
    values, stats, out = np.empty((1, target.dim)), np.empty((1, 2)), []
    for _ in range(CHAINS * DRAWS):
        assert advance(random, labels, values, stats)[0] is None
        w, means, covariances = split(values, target._steps.kind, k, 2)
        dense = np.array(target._steps.kind.dense(covariances[0], k, 2))
        rows[:] = means[0, labels] + wrong * np.einsum("nij,nj->ni", np.linalg.cholesky(dense)[labels], rng.normal(size=rows.shape))
        x, variance = centre + scale * rows, dense[labels[0], 0, 0] * scale[0] ** 2
        out.append([labels[0] == labels[1], x[0, 0], x[0, 1], (x[0, 0] - 0.5) ** 2, (x[0, 0] - 0.5) * (x[0, 1] + 0.5), variance, w[0, labels[0]]])
    return np.array(out, float).reshape(CHAINS, DRAWS, -1)


def joint_truth(kind, together):
    """Means of those quantities under the prior."""
    covariance = TIGHT.scale / (14.0 - 3.0)
    variance = {"full": covariance[0, 0], "tied": covariance[0, 0], "diag": 11.0 / 12.0, "spherical": 22.0 / 26.0}[kind]
    cross = 2.0 * covariance[0, 1] if kind in ("full", "tied") else 0.0
    return Truth(mean=np.array([together, 0.5, -0.5, 2.0 * variance, cross, variance, together]))


@pytest.mark.parametrize(("method", "kind"), FINITE, ids=str)
def test_joint_law_of_a_fixed_number_of_components(method, kind):
    rng = np.random.default_rng(3)
    truth = joint_truth(kind, (2.0 + 1.0) / (3 * 2.0 + 1.0))
    assert_agrees(joint_chain(method, kind, Dirichlet(2.0), 3, rng), truth)


@pytest.mark.parametrize("method", [CollapsedGibbs(), SliceSampler()], ids=str)
def test_joint_law_of_a_dirichlet_process(method):
    found = joint_chain(method, "full", DirichletProcess(0.5), 8, np.random.default_rng(4))
    assert_agrees(found[..., :6], Truth(mean=joint_truth("full", 1 / 1.5).mean[:6]))


def test_a_wrong_law_of_rows_is_found():
    found = joint_chain(BlockedGibbs(), "full", Dirichlet(2.0), 3, np.random.default_rng(3), wrong=1.3)
    with pytest.raises(AssertionError):
        assert_agrees(found, joint_truth("full", 3.0 / 7.0))
