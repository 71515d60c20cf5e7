"""Hidden Markov models to and from hmmlearn."""

import numpy as np

from statsim.errors import ArgumentTypeError, NotFittedError
from statsim.models.hmm.emissions import Categorical, Gaussian, MixtureOfGaussians, Poisson

_CLASSES = ("GaussianHMM", "GMMHMM", "CategoricalHMM", "PoissonHMM")


def to_hmmlearn(model):
    """A hmmlearn model with the parameters of a fitted `HiddenMarkovModel`.

    Parameters
    ----------
    model : HiddenMarkovModel
        With Gaussian, mixture of Gaussians, categorical or Poisson emissions.

    Returns
    -------
    hmmlearn.hmm.GaussianHMM, GMMHMM, CategoricalHMM or PoissonHMM

    Raises
    ------
    ArgumentTypeError
        For emissions that hmmlearn does not have.
    """
    model._require_fitted()
    law = model.emission_
    write = {Gaussian: _write_gaussian, MixtureOfGaussians: _write_mixture, Categorical: _write_categorical, Poisson: _write_poisson}.get(type(law))
    if write is None:
        raise ArgumentTypeError(f"hmmlearn has no counterpart of {law.name} emissions; it has those of {', '.join(_CLASSES)}")
    estimator = write(law)
    estimator.startprob_, estimator.transmat_ = model.startprob_.copy(), model.transmat_.copy()
    return estimator


def from_hmmlearn(estimator):
    """Start probabilities (k,), transition probabilities (k, k) and emission of a fitted hmmlearn model.

    They are what `HiddenMarkovModel.from_parameters` takes.

    Parameters
    ----------
    estimator : hmmlearn.hmm.GaussianHMM, GMMHMM, CategoricalHMM or PoissonHMM

    Returns
    -------
    dict
        With the keys startprob, transmat and emission.

    Raises
    ------
    ArgumentTypeError
        For other objects.
    NotFittedError
        For an estimator without parameters.
    """
    from hmmlearn import hmm

    readers = {hmm.GaussianHMM: _read_gaussian, hmm.GMMHMM: _read_mixture, hmm.CategoricalHMM: _read_categorical, hmm.PoissonHMM: _read_poisson}
    read = next((reader for kind, reader in readers.items() if isinstance(estimator, kind)), None)
    if read is None:
        raise ArgumentTypeError(f"estimator must be a {', '.join(_CLASSES[:-1])} or {_CLASSES[-1]} of hmmlearn, got {type(estimator).__name__}")
    try:
        emission = read(estimator)
        startprob, transmat = np.array(estimator.startprob_, np.float64), np.array(estimator.transmat_, np.float64)
    except AttributeError as error:
        raise NotFittedError(f"this {type(estimator).__name__} has no parameters yet ({error}); fit it, or set them") from error
    return {"startprob": startprob, "transmat": transmat, "emission": emission}


# ------------------------------------------------------------ Gaussian: `covars_` is set as the type has it, but always read as matrices


def _write_gaussian(law):
    from hmmlearn.hmm import GaussianHMM

    estimator = GaussianHMM(law.shape[0], covariance_type=law.covariance_type)
    estimator.n_features, estimator.means_ = law.shape[1], law.means.copy()
    estimator.covars_ = law.covariances.copy()
    return estimator


def _read_gaussian(estimator):
    matrices = np.array(estimator.covars_, np.float64)
    covariances = {
        "full": lambda: matrices,
        "tied": lambda: matrices[0],
        "diag": lambda: np.diagonal(matrices, axis1=1, axis2=2),
        "spherical": lambda: matrices[:: len(matrices) // estimator.n_components, 0, 0],  # a fit leaves one matrix for each column
    }[estimator.covariance_type]()
    return Gaussian(estimator.covariance_type, np.array(estimator.means_), np.array(covariances)).checked()


# ------------------------------------------------------------ mixtures of Gaussians: `covars_` is plain


def _write_mixture(law):
    from hmmlearn.hmm import GMMHMM

    estimator = GMMHMM(law.shape[0], n_mix=law.n_mix, covariance_type=law.covariance_type)
    estimator.n_features, estimator.weights_, estimator.means_ = law.shape[1], law.weights.copy(), law.means.copy()
    estimator.covars_ = law.covariances.copy()
    return estimator


def _read_mixture(estimator):
    return MixtureOfGaussians(
        estimator.n_mix, estimator.covariance_type, np.array(estimator.weights_), np.array(estimator.means_), np.array(estimator.covars_)
    ).checked()


# ------------------------------------------------------------ symbols and counts


def _write_categorical(law):
    from hmmlearn.hmm import CategoricalHMM

    estimator = CategoricalHMM(law.shape[0], n_features=law.n_categories)
    estimator.emissionprob_ = law.probabilities.copy()
    return estimator


def _read_categorical(estimator):
    return Categorical(probabilities=np.array(estimator.emissionprob_)).checked()


def _write_poisson(law):
    from hmmlearn.hmm import PoissonHMM

    estimator = PoissonHMM(law.shape[0])
    estimator.n_features, estimator.lambdas_ = law.shape[1], law.rates.copy()
    return estimator


def _read_poisson(estimator):
    return Poisson(np.array(estimator.lambdas_)).checked()
