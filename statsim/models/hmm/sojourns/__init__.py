"""Laws of how long a state is stayed in; a new law is one file here and a table in `statsim.kernels.hmm.semi_sojourns`."""

from statsim.models.hmm.sojourns.free import Free
from statsim.models.hmm.sojourns.geometric import Geometric
from statsim.models.hmm.sojourns.shifted_negative_binomial import ShiftedNegativeBinomial
from statsim.models.hmm.sojourns.shifted_poisson import ShiftedPoisson
from statsim.models.hmm.sojourns.sojourn import Sojourn

SOJOURNS = {law.name: law for law in (Geometric, ShiftedPoisson, ShiftedNegativeBinomial, Free)}
"""Sojourn laws by the names that `HiddenSemiMarkovModel(sojourn=...)` and model files use."""

__all__ = ["SOJOURNS", "Free", "Geometric", "ShiftedNegativeBinomial", "ShiftedPoisson", "Sojourn"]
