"""Expectations over a region by Gauss-Legendre quadrature on a box that a map takes onto the region."""

import numpy as np


def expectation(density, features, box, onto=None, jacobian=None, nodes=120):
    """(E f, integral of the density) over the image of `box` ((low, high), ...) under `onto`, whose Jacobian is `jacobian`."""
    axes = []
    for low, high in box:
        t, w = np.polynomial.legendre.leggauss(nodes)
        axes.append(((high - low) / 2 * t + (high + low) / 2, w * (high - low) / 2))
    u = np.stack(np.meshgrid(*[a for a, _ in axes], indexing="ij"), axis=-1).reshape(-1, len(box))
    weight = np.prod(np.stack(np.meshgrid(*[w for _, w in axes], indexing="ij"), axis=-1).reshape(-1, len(box)), axis=1)
    x = u if onto is None else onto(u)
    weight = weight * (1.0 if jacobian is None else jacobian(u)) * density(x)
    return (weight @ features(x)) / weight.sum(), weight.sum()
