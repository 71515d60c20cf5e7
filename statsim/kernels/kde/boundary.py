r"""What a renormalised kernel integrates to: :math:`Z = \int K_h(x - y) / m(x) dx` between the bounds, by Gauss-Legendre quadrature.

Plain IEEE arithmetic throughout, since these masses weigh the data that draws begin at. Panels end where K or m bends: at the kernel's middle and ends, the bounds,
and one bandwidth beside them; a kernel with tails gets panels of one bandwidth.
"""

import math

import numpy as np

from statsim.kernels.elementary import cos, exp
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.kde.sampling import mass_inside
from statsim.kernels.kde.shapes import EXPONENTIAL, GAUSSIAN, compact_shape, height

_TAIL_PANELS = 12


def legendre_rule(n):
    """Nodes and weights (n,) on [-1, 1], by Newton's method in plain Python: the same doubles on every machine."""
    nodes, weights = [], []
    for i in range(n):
        x = cos(math.pi * (i + 0.75) / (n + 0.5))
        for _ in range(8):
            below, value = 1.0, x
            for k in range(2, n + 1):
                below, value = value, ((2 * k - 1) * x * value - (k - 1) * below) / k
            slope = n * (x * value - below) / (x * x - 1.0)
            x -= value / slope
        nodes.append(x)
        weights.append(2.0 / ((1.0 - x * x) * slope * slope))
    return np.array(nodes), np.array(weights)


@inlined
def _density(kernel, u):
    if kernel == GAUSSIAN:
        return height(kernel) * exp(-0.5 * u * u)
    return height(kernel) * (exp(-abs(u)) if kernel == EXPONENTIAL else compact_shape(kernel, u * u))


@kernel
def _edges(y, h, low, high, reach, places):
    """Fill and sort `places`, the ends of panels about y; returns their number."""
    begin, end, count = max(y - reach, low), min(y + reach, high), 0
    for k in range(-_TAIL_PANELS, _TAIL_PANELS + 1):
        if reach > 2.0 * h or abs(k) <= 1:
            places[count] = y + k * h
            count += 1
    for side in (-h, 0.0, h):
        places[count], places[count + 1] = low + side, high + side
        count += 2
    places[count], places[count + 1] = begin, end
    count += 2
    for i in range(count):
        places[i] = min(max(places[i], begin), end)
    places[:count].sort()
    return count


@kernel
def fill_masses(ys, kernel, h, low, high, reach, nodes, weights, out):
    """out[i] = Z about ys[i], one where the kernel and those that divide it reach no bound."""
    places = np.empty(2 * _TAIL_PANELS + 9)
    for i in range(ys.size):
        out[i] = 1.0
        if ys[i] - 2.0 * reach >= low and ys[i] + 2.0 * reach <= high:
            continue
        total, count = 0.0, _edges(ys[i], h, low, high, reach, places)
        for p in range(count - 1):
            half, middle = 0.5 * (places[p + 1] - places[p]), 0.5 * (places[p + 1] + places[p])
            if half > 0.0:
                for k in range(nodes.size):
                    x = middle + half * nodes[k]
                    total += half * weights[k] * _density(kernel, (x - ys[i]) / h) / (h * mass_inside(kernel, x, h, low, high))
        out[i] = total


@kernel
def least_mass(kernel, h, low, high):
    """The least mass inside of a kernel about a point between the bounds: that at a bound."""
    least = 1.0
    if low > -math.inf:
        least = min(least, mass_inside(kernel, low, h, low, high))
    if high < math.inf:
        least = min(least, mass_inside(kernel, high, h, low, high))
    return least
