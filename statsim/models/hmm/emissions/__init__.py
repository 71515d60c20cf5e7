"""Laws of one step given the hidden state; a new law is one file here and one in `statsim.kernels.hmm.emissions`."""

from statsim.models.hmm.emissions.autoregressive import AutoRegressive
from statsim.models.hmm.emissions.bernoulli import Bernoulli
from statsim.models.hmm.emissions.categorical import Categorical
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.emissions.gaussian import Gaussian
from statsim.models.hmm.emissions.mixture_of_gaussians import MixtureOfGaussians
from statsim.models.hmm.emissions.multinomial import Multinomial
from statsim.models.hmm.emissions.negative_binomial import NegativeBinomial
from statsim.models.hmm.emissions.poisson import Poisson

_LAWS = (Gaussian, Categorical, Poisson, NegativeBinomial, Bernoulli, Multinomial, MixtureOfGaussians, AutoRegressive)

EMISSIONS = {law.name: law for law in _LAWS}
"""Emission laws by the names that `HiddenMarkovModel(emission=...)` and model files use."""

__all__ = [
    "EMISSIONS",
    "AutoRegressive",
    "Bernoulli",
    "Categorical",
    "Emission",
    "Gaussian",
    "MixtureOfGaussians",
    "Multinomial",
    "NegativeBinomial",
    "Poisson",
]
