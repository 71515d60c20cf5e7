"""Which row of a table of parameters a draw is made under."""

from statsim.kernels.jit import inlined
from statsim.kernels.variates.bounded_integers import integer_below


@inlined
def pick(state, parameters):
    """A row of `parameters` (m, p), all alike; the only one costs no random number."""
    return integer_below(state, parameters.shape[0]) if parameters.shape[0] > 1 else 0
