"""Laws of one step given the hidden state; a new law is one file here and one in `statsim.kernels.hmm.emissions`."""

from statsim.models.hmm.emissions.categorical import Categorical
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.emissions.gaussian import Gaussian

EMISSIONS = {law.name: law for law in (Gaussian, Categorical)}
"""Emission laws by the names that `HiddenMarkovModel(emission=...)` and model files use."""

__all__ = ["EMISSIONS", "Categorical", "Emission", "Gaussian"]
