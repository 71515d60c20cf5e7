"""What a fit moves: a chain and what its states emit."""

from typing import Any, NamedTuple

from statsim.models.hmm.chain import Chain
from statsim.models.hmm.emissions.emission import Emission


class HiddenMarkovState(NamedTuple):
    """A chain, an emission, and the steps (k,) that each state stood on in the E step it came from."""

    chain: Chain
    emission: Emission
    counts: Any = None
