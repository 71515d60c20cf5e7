"""The emission laws that the tests of the contract go through, and steps for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.models.hmm import emissions as E
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel

TRANSMAT = [[0.9, 0.1], [0.2, 0.8]]
_TWO = np.array([[[1.0, 0.3], [0.3, 0.8]], [[0.5, -0.2], [-0.2, 1.5]]])


@dataclass(frozen=True)
class Case:
    """A law of two states and the template of a fit."""

    law: Any
    template: Any
    may_miss: bool = True
    exact: bool = True
    "Whether one M step maximises, rather than raises, the likelihood."


def _mixture(kind, covariances):
    weights, means = [[0.4, 0.6], [0.7, 0.3]], [[[-3.0, 0.0], [0.0, 2.0]], [[6.0, 3.0], [9.0, -1.0]]]
    return Case(E.MixtureOfGaussians(2, kind, weights, means, covariances).checked(), E.MixtureOfGaussians(2, kind), exact=False)


def _autoregression(kind, covariances):
    coefficients = [[[0.5, 0.2], [0.2, 0.1]], [[-0.3, 0.4], [0.1, 0.0]]]
    return Case(E.AutoRegressive(2, kind, [[0.0, 1.0], [5.0, -2.0]], coefficients, covariances).checked(), E.AutoRegressive(2, kind), may_miss=False)


CASES = {
    "gaussian": Case(E.Gaussian("full", [[0.0, 1.0], [4.0, -2.0]], _TWO).checked(), E.Gaussian()),
    "categorical": Case(E.Categorical(probabilities=[[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]).checked(), E.Categorical()),
    "poisson": Case(E.Poisson([[1.0, 14.0], [5.0, 3.0]]).checked(), E.Poisson()),
    "negative_binomial": Case(E.NegativeBinomial([[2.0, 7.0], [10.0, 3.0]], [[0.5, 0.2], [0.1, 0.8]]).checked(), E.NegativeBinomial()),
    "bernoulli": Case(E.Bernoulli([[0.1, 0.5, 0.9], [0.8, 0.3, 0.2]]).checked(), E.Bernoulli()),
    "multinomial": Case(E.Multinomial(6, [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]).checked(), E.Multinomial()),
    "mixture-full": _mixture("full", [_TWO, _TWO[::-1] + np.eye(2)]),
    "mixture-tied": _mixture("tied", _TWO),
    "mixture-diag": _mixture("diag", [[[1.0, 2.0], [0.5, 1.0]], [[1.0, 1.0], [2.0, 0.7]]]),
    "mixture-spherical": _mixture("spherical", [[1.0, 2.0], [0.5, 1.5]]),
    "autoregressive-full": _autoregression("full", _TWO),
    "autoregressive-tied": _autoregression("tied", _TWO[0]),
    "autoregressive-diag": _autoregression("diag", [[1.0, 2.0], [0.5, 1.0]]),
    "autoregressive-spherical": _autoregression("spherical", [1.0, 2.0]),
}

MAIN = ["gaussian", "categorical", "poisson", "negative_binomial", "bernoulli", "multinomial", "mixture-full", "autoregressive-full"]
"""One case of each class."""


def model_of(law):
    return HiddenMarkovModel.from_parameters(transmat=TRANSMAT, emission=law)


def steps_of(law, lengths, seed=1):
    """Steps (n, d) as floats, and offsets, of sequences that a hidden Markov model with this law draws."""
    parts = model_of(law).sample(lengths, rng=seed)
    return np.concatenate(parts).astype(float), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def with_gaps(values, seed=2, share=0.2):
    gaps = np.random.default_rng(seed).random(values.shape) < share
    return np.where(gaps, np.nan, values)


def log_densities(law, values, offsets, begin=0, end=None):
    end = len(values) if end is None else end
    out = np.empty((end - begin, law.shape[0]))
    law.fill_log_density(values, offsets, begin, end, out)
    return out


def sums_of(law, values, offsets, gamma, weights=None):
    sums = law.empty_sums()
    law.add_sums(values, offsets, 0, len(values), gamma, np.ones(len(values)) if weights is None else weights, sums)
    return sums


def posteriors(n, seed=3):
    gamma = np.random.default_rng(seed).dirichlet([0.7, 0.7], n)
    return np.ascontiguousarray(gamma)


def parameters(law):
    """Every array of a law by its name."""
    return {name: value for name, value in vars(law).items() if isinstance(value, np.ndarray) and not name.startswith("_")}


def assert_same_law(one, other, rtol=0.0, atol=0.0):
    assert type(one) is type(other)
    mine, theirs = parameters(one), parameters(other)
    assert mine.keys() == theirs.keys()
    for name, value in mine.items():
        np.testing.assert_allclose(value, theirs[name], rtol=rtol, atol=atol, err_msg=name)
