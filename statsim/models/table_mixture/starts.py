"""Where EM begins on mixed-type rows: k-means on one matrix of comparable features.

Continuous columns are standardised, counts are standardised on the scale log(1 + x), each level of a discrete column and each
missing cell of a nullable one is an indicator. A start weighs the columns at random, so that different starts follow different
columns; centres are rows drawn by k-means++ (with or without Lloyd's iterations) or at random.
"""

import numpy as np

from statsim.kernels.mixture.kmeans import assign, draw_row, lloyd, seed_plus_plus, seed_random
from statsim.kernels.streams import fill_uniform, seed_block, uniform

_SOFTNESS = 0.05  # share of a row given to all components alike: no component begins without a level that occurs
_LLOYD_STEPS = 15
_EVEN_START = 4  # every fourth start weighs the columns equally


def features(arrays, weights):
    """Features (n, d) of the rows, and the column (d,) that each comes from."""
    blocks = []
    for column in arrays.continuous.T:
        blocks += _standardised(column, np.isnan(column), weights)
    for column, levels in zip(arrays.discrete.T, arrays.layout.n_levels, strict=True):
        blocks.append((column[:, None] == np.arange(-1 if (column < 0).any() else 0, levels)).astype(np.float64))
    for column in arrays.counts.T:
        blocks += _standardised(np.log1p(np.maximum(column, 0)), column < 0, weights)
    if not blocks:
        return np.zeros((arrays.n_rows, 1)), np.zeros(1, np.int64)
    source = np.repeat(np.arange(len(blocks)), [block.shape[1] for block in blocks])
    return np.ascontiguousarray(np.concatenate(blocks, axis=1)), source


def _standardised(column, missing, weights):
    """The column at mean 0 and variance 1 with missing cells at the mean, and an indicator where some are missing."""
    mass = np.where(missing, 0.0, weights)
    known = np.where(missing, 0.0, column)
    total = max(mass.sum(), np.finfo(float).tiny)
    centred = np.where(missing, 0.0, known - (mass @ known) / total)
    spread = np.sqrt((mass @ centred**2) / total)
    scaled = centred / spread if spread > 0 else np.zeros_like(centred)
    return [scaled[:, None]] + ([missing[:, None].astype(np.float64)] if missing.any() else [])


def start_responsibilities(features, weights, n_components, index, init, key):
    """Responsibilities (K, n) of start number `index`.

    Parameters
    ----------
    features : pair of arrays
        As `features` returns them.
    weights : array (n,)
    n_components, index : int
    init : {"kmeans", "kmeans++", "random"}
    key : array (2,) of uint64
        The start draws from block `index` of its stream.
    """
    if n_components == 1:
        return np.ones((1, len(weights)))
    matrix, state = _emphasised(features, index, key)
    centres = np.empty((n_components, matrix.shape[1]))
    (seed_random if init == "random" else seed_plus_plus)(matrix, weights, state, centres)
    labels = np.full(len(matrix), -1, dtype=np.int64)
    assign(matrix, centres, labels)
    if init == "kmeans":
        lloyd(matrix, weights, centres, labels, _LLOYD_STEPS)
    return _softened(np.arange(n_components)[:, None] == labels)


def moved_responsibilities(shares, features, weights, index, key):
    """`shares` (K, n) with one component, drawn at random, taken away and given the neighbourhood of a row drawn at random."""
    matrix, state = _emphasised(features, index, key)
    component = int(uniform(state) * len(shares))
    centre = matrix[draw_row(weights, state)]
    distances = ((matrix - centre) ** 2).sum(axis=1)
    near = distances <= np.quantile(distances, uniform(state) / len(shares))
    rest = shares.copy()
    rest[component] = 0.0
    total = rest.sum(axis=0)
    rest = np.where(total > 0, rest / np.where(total > 0, total, 1.0), 1.0 / len(shares))
    return _softened(np.where(near, np.arange(len(shares))[:, None] == component, rest))


def _emphasised(features, index, key):
    """The feature matrix under the column weights of start `index`, and the state of its stream after drawing them."""
    matrix, source = features
    state, emphasis = np.empty(4, np.uint64), np.empty(source.max() + 1)
    seed_block(key[0], key[1], np.uint64(index), state)
    fill_uniform(state, emphasis)
    scale = np.ones_like(emphasis) if index % _EVEN_START == 0 else 0.25 + 1.5 * emphasis
    return matrix * scale[source], state


def _softened(shares):
    return (1.0 - _SOFTNESS) * shares + _SOFTNESS / len(shares)
