r"""Normal variates between two bounds, exact however far in the tail the bounds lie.

C. P. Robert, "Simulation of truncated normal variables", Statistics and Computing 5 (1995); Z. I. Botev, P. L'Ecuyer (2017), Simulation
from the normal distribution truncated to an interval in the tail. Beyond a > 0 the excess t = z - a has density proportional
to exp(-a t - t**2 / 2): proposed from the exponential law of rate r = (a + sqrt(a**2 + 4)) / 2 cut at the width w by inversion, and
accepted with probability exp(((m - s)**2 - (t - s)**2) / 2), s = r - a, m = min(w, s), which is at least 0.76. Around 0, plain
normals where the width exceeds 2.5, else uniforms: at least 0.49. The excess is added to the bound itself, so that nothing
cancels when the mean lies far away.
"""

import math

from statsim.kernels.elementary import exp, expm1, log1p
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform, uniform_open
from statsim.kernels.variates.normal import standard_normal

_WIDE = 2.5


@inlined
def _excess(state, a, w):
    """A draw of z - a, z standard normal between a and a + w, for a >= 0 and w > 0."""
    root = a + math.sqrt(a * a + 4.0)
    rate, s = 0.5 * root, 2.0 / root
    mass, best = expm1(-rate * w), min(w, s) - s
    while True:
        t = -log1p(uniform_open(state) * mass) / rate
        if uniform(state) < exp(0.5 * (best * best - (t - s) * (t - s))):
            return min(t, w)


@inlined
def _around_zero(state, a, b):
    """A standard normal between a <= 0 and b >= 0, not both 0."""
    if b - a > _WIDE:
        while True:
            z = standard_normal(state)
            if a <= z <= b:
                return z
    while True:
        z = a + (b - a) * uniform(state)
        if uniform(state) < exp(-0.5 * z * z):
            return z


@kernel
def truncated_normal(state, mean, sd, low, high):
    """A draw of the normal law (mean, sd) given that it lies between low and high; either bound may be infinite.

    nan unless mean and sd are finite, sd > 0, low <= high, and there are points between the bounds; low where they are equal.
    Uniform where sd is so large that the bounds are the same in units of it.
    """
    mean, sd, low, high = float(mean), float(sd), float(low), float(high)
    if not (abs(mean) < math.inf and 0.0 < sd < math.inf and low <= high and low < math.inf and high > -math.inf):
        return math.nan
    if low == high:
        return low
    a, b = (low - mean) / sd, (high - mean) / sd
    w = (high - low) / sd
    if w == 0.0 or a == b == 0.0:
        x = low + (high - low) * uniform(state)
    elif a > 0.0:
        x = low + sd * _excess(state, a, w)
    elif b < 0.0:
        x = high - sd * _excess(state, -b, w)
    else:
        x = mean + sd * _around_zero(state, a, b)
    return min(max(x, low), high)
