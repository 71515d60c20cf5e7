"""The rule of Metropolis et al. (1953), J. Chem. Phys. 21, and Hastings (1970), Biometrika 57."""

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.jit import inlined

DONE, WRONG = 0, 1
"""Status of a stretch: finished, or stopped where the target is wrong."""


@inlined
def acceptance(gain):
    """min(1, e^gain), `gain` the log of the Hastings ratio; 0 for minus infinity."""
    return exp(gain) if gain < 0.0 else 1.0
