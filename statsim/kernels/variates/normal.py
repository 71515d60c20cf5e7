"""Standard normal variates by the ziggurat of 256 layers.

Marsaglia & Tsang (2000), The ziggurat method for generating random variables, J. Stat. Softw. 5(8), with the tail of
Marsaglia (1964). One word gives the layer (bits 0-7), the sign (bit 8) and 52 bits of position (bits 12-63), which share
no bit (Doornik 2005 shows what sharing does). 98.8 % of draws end after one comparison and one product.

Symbols: R the start of the tail, V the area of a layer, X[i] the right edge of layer i, F[i] = exp(-X[i]^2 / 2).
"""

from decimal import Context, Decimal

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import next_uint64, uniform, uniform_open

LAYERS = 256
_R = "3.6541528853610087716454297203995157629748546"  # the root of the closing condition, by mpmath at 60 digits
_V = "0.0049286732339746553473617754023360280691353847"


def _tables():
    """Edges and heights, from 40-digit decimals, so that every machine has the same doubles."""
    context = Context(prec=40)
    r, v, half = Decimal(_R), Decimal(_V), Decimal("0.5")

    def height(x):
        return context.exp(-half * context.multiply(x, x))

    edges = [context.divide(v, height(r)), r]
    for _ in range(LAYERS - 2):
        y = context.add(context.divide(v, edges[-1]), height(edges[-1]))
        edges.append(context.sqrt(-2 * context.ln(y)))
    edges.append(Decimal(0))
    x = np.array([float(edge) for edge in edges])
    f = np.array([float(height(edge)) for edge in edges])
    inside = np.array([int(context.divide(edges[i + 1], edges[i]) * 2**52) for i in range(LAYERS)], dtype=np.uint64)
    return x, f, inside


_X, _F, _INSIDE = _tables()
_WIDTH = _X[:LAYERS] * 2.0**-52
_TAIL = float(_R)
_LAYER_BITS, _ONE, _U8, _U12 = np.uint64(255), np.uint64(1), np.uint64(8), np.uint64(12)


@kernel
def _tail(state):
    """A draw from the normal beyond R (Marsaglia 1964)."""
    while True:
        x = -log(uniform_open(state)) / _TAIL
        y = -log(uniform_open(state))
        if y + y > x * x:
            return _TAIL + x


@kernel
def _edge(state, word):
    """Finish the draw that `word` began outside the sure part of its layer: tail, wedge, or begin again."""
    while True:
        layer = np.int64(word & _LAYER_BITS)
        position = word >> _U12
        sign = 1.0 - 2.0 * np.float64(np.int64((word >> _U8) & _ONE))
        x = np.float64(np.int64(position)) * _WIDTH[layer]
        if position < _INSIDE[layer]:
            return sign * x
        if layer == 0:
            return sign * _tail(state)
        if _F[layer] + uniform(state) * (_F[layer + 1] - _F[layer]) < exp(-0.5 * x * x):
            return sign * x
        word = next_uint64(state)


@inlined
def standard_normal(state):
    """One standard normal variate from `state` (4,) uint64."""
    word = next_uint64(state)
    layer = np.int64(word & _LAYER_BITS)
    position = word >> _U12
    if position < _INSIDE[layer]:
        sign = 1.0 - 2.0 * np.float64(np.int64((word >> _U8) & _ONE))
        return sign * (np.float64(np.int64(position)) * _WIDTH[layer])
    return _edge(state, word)


@kernel
def fill_standard_normal(state, out):
    """Fill `out` (n,) float64 with standard normals; the same values as n calls of `standard_normal`."""
    for i in range(out.size):
        out[i] = standard_normal(state)
