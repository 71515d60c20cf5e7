"""A kd-tree whose leaves are tiles of `TILE` rows, one beside another in memory: Bentley (1975), Communications of the ACM 18.

Every split puts a multiple of `TILE` rows to the left, so that all leaves but the last are full and leaf number l holds rows l TILE onward of
`order`. Nodes stand in preorder: the left child of a node comes right after it, `right` is the other one, -1 for a leaf.
"""

import numpy as np

from statsim.kernels.jit import kernel

TILE = 64


@kernel
def _select(Z, axis, order, begin, end, place):
    """Reorder order[begin:end] so that the row at `place` stands where sorting by Z[:, axis] would put it (Hoare 1961)."""
    low, high = begin, end - 1
    while low < high:
        pivot = Z[order[(low + high) // 2], axis]
        i, j = low, high
        while i <= j:
            while Z[order[i], axis] < pivot:
                i += 1
            while pivot < Z[order[j], axis]:
                j -= 1
            if i <= j:
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if place <= j:
            high = j
        elif place >= i:
            low = i
        else:
            return


@kernel
def _box(Z, order, begin, end, low, high):
    """The smallest and largest of each column among order[begin:end]; returns the widest column."""
    widest = 0
    for j in range(Z.shape[1]):
        low[j] = high[j] = Z[order[begin], j]
    for place in range(begin, end):
        row = order[place]
        for j in range(Z.shape[1]):
            low[j] = min(low[j], Z[row, j])
            high[j] = max(high[j], Z[row, j])
    for j in range(Z.shape[1]):
        if high[j] - low[j] > high[widest] - low[widest]:
            widest = j
    return widest


@kernel
def plan_tree(Z, order, low, high, right, leaf):
    """Fill the tree over the rows of Z (n, d): `order` (n,) given as 0..n-1, low, high (nodes, d), right, leaf (nodes,)."""
    stack = np.empty((128, 3), np.int64)
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, Z.shape[0], -1
    depth, node = 1, 0
    while depth:
        depth -= 1
        begin, end, parent = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        if parent >= 0:
            right[parent] = node
        axis = _box(Z, order, begin, end, low[node], high[node])
        right[node], leaf[node] = -1, -1
        leaves = (end - begin + TILE - 1) // TILE
        if leaves == 1:
            leaf[node] = begin // TILE
        else:
            middle = begin + (leaves // 2) * TILE
            _select(Z, axis, order, begin, end, middle)
            stack[depth, 0], stack[depth, 1], stack[depth, 2] = middle, end, node
            stack[depth + 1, 0], stack[depth + 1, 1], stack[depth + 1, 2] = begin, middle, -1
            depth += 2
        node += 1


@kernel
def fill_tiles(Z, order, weights, rates, tiles, tile_weights, tile_rates):
    """Lay rows out in tiles (leaves, d, TILE), (leaves, TILE), (leaves, TILE); the margin repeats a row with weight 0."""
    n, d = Z.shape
    for leaf in range(tiles.shape[0]):
        for t in range(TILE):
            place = leaf * TILE + t
            row = order[min(place, n - 1)]
            tile_weights[leaf, t] = weights[row] if place < n else 0.0
            tile_rates[leaf, t] = rates[row]
            for j in range(d):
                tiles[leaf, j, t] = Z[row, j]


@kernel
def centre_tiles(tiles, centres, radii, single):
    """The tiles about the middle of their box, in single precision: centres (leaves, d), radii (leaves,), single like `tiles`."""
    for leaf in range(tiles.shape[0]):
        square = 0.0
        for j in range(tiles.shape[1]):
            low = high = tiles[leaf, j, 0]
            for t in range(TILE):
                low, high = min(low, tiles[leaf, j, t]), max(high, tiles[leaf, j, t])
            centres[leaf, j] = 0.5 * low + 0.5 * high
            square += 0.25 * (high - low) * (high - low)
            for t in range(TILE):
                single[leaf, j, t] = tiles[leaf, j, t] - centres[leaf, j]
        radii[leaf] = np.sqrt(square)
