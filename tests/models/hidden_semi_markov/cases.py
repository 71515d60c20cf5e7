"""Hidden semi-Markov models of the tests, one for each sojourn law, with the probabilities (k, D) of their sojourns by SciPy."""

import numpy as np

from statsim.models.hmm.emissions import Categorical, Gaussian
from statsim.models.hmm.hidden_semi_markov_model import HiddenSemiMarkovModel
from statsim.models.hmm.sojourns import Free, Geometric, ShiftedNegativeBinomial, ShiftedPoisson
from tests.reference import semi_markov as twin

START = np.array([0.2, 0.5, 0.3])
MOVES = np.array([[0.0, 0.7, 0.3], [0.4, 0.0, 0.6], [0.25, 0.75, 0.0]])
MEANS, VARIANCES = np.array([[0.0], [1.5], [4.0]]), np.array([[[1.0]], [[1.5]], [[0.5]]])
SYMBOLS = np.array([[0.7, 0.3, 0.0], [0.2, 0.3, 0.5], [0.0, 0.1, 0.9]])
FREE = np.array([[0.0, 0.5, 0.3, 0.2], [0.6, 0.0, 0.0, 0.4], [1.0, 0.0, 0.0, 0.0]])
LAWS = {
    "geometric": (Geometric([0.5, 0.2, 0.9]), [twin.geometric(p) for p in (0.5, 0.2, 0.9)]),
    "poisson": (ShiftedPoisson([0.7, 2.5, 0.0]), [twin.poisson(rate) for rate in (0.7, 2.5, 0.0)]),
    "negative_binomial": (
        ShiftedNegativeBinomial([0.4, 3.0, 1.0], [0.3, 0.5, 0.6]),
        [twin.negative_binomial(*law) for law in ((0.4, 0.3), (3.0, 0.5), (1.0, 0.6))],
    ),
    "free": (Free(FREE), None),
}


def gaussian():
    return Gaussian(means=MEANS, covariances=VARIANCES)


def model_of(name, *, emission=None, max_duration=4):
    return HiddenSemiMarkovModel.from_parameters(
        startprob=START, transmat=MOVES, sojourn=LAWS[name][0], emission=emission or gaussian(), max_duration=max_duration
    )


def symbols():
    return Categorical(probabilities=SYMBOLS)


def durations(name, longest):
    """P(D = u) (k, longest) from SciPy."""
    if name == "free":
        return np.hstack([FREE, np.zeros((3, longest - 4))])
    return np.array([twin.shorter_than(law, longest) for law in LAWS[name][1]])
