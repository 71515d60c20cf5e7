"""Small hidden Markov models that tests share."""

import numpy as np

from statsim.models.hmm.emissions import Categorical, Gaussian
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel


def gaussian(kind="full"):
    covariances = {
        "full": [[[1.0, 0.3], [0.3, 0.5]], [[0.5, -0.2], [-0.2, 1.0]], [[2.0, 0.0], [0.0, 0.25]]],
        "tied": [[1.0, 0.3], [0.3, 0.5]],
        "diag": [[1.0, 0.5], [0.5, 1.0], [2.0, 0.25]],
        "spherical": [1.0, 0.5, 2.0],
    }[kind]
    return HiddenMarkovModel.from_parameters(
        startprob=[0.5, 0.25, 0.25],
        transmat=[[0.75, 0.125, 0.125], [0.25, 0.5, 0.25], [0.0, 0.5, 0.5]],
        emission=Gaussian(kind, means=[[0.0, 0.0], [2.0, 1.0], [-1.0, 3.0]], covariances=covariances),
    )


def categorical():
    return HiddenMarkovModel.from_parameters(
        startprob=[0.25, 0.75], transmat=[[0.875, 0.125], [0.25, 0.75]], emission=Categorical(probabilities=[[0.5, 0.25, 0.25], [0.0, 0.5, 0.5]])
    )


def left_right():
    return HiddenMarkovModel.from_parameters(
        startprob=[1.0, 0.0, 0.0],
        transmat=[[0.75, 0.25, 0.0], [0.0, 0.75, 0.25], [0.0, 0.0, 1.0]],
        emission=Gaussian("diag", means=[[0.0], [3.0], [6.0]], covariances=[[1.0], [1.0], [1.0]]),
    )


MODELS = {**{kind: (lambda kind=kind: gaussian(kind)) for kind in ("full", "tied", "diag", "spherical")}, "categorical": categorical, "left-right": left_right}


def log_densities(model, X):
    """Log density (n, k) of each step given each state, by SciPy."""
    from scipy import stats

    law = model.emission_
    if law.name == "categorical":
        with np.errstate(divide="ignore"):
            return np.log(law.probabilities.T[np.asarray(X)[:, 0].astype(int)])
    k, d = law.shape
    dense = law.kind.dense(law.covariances, k, d)
    return np.column_stack([stats.multivariate_normal(law.means[c], dense[c]).logpdf(np.asarray(X).reshape(-1, d)).reshape(-1) for c in range(k)])
