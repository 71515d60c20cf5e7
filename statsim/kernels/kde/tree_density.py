r"""Sums :math:`\sum_i w_i K(x - z_i)` over the leaves of a tree, with a bound on what is left out.

Gray, Moore (2003), Nonparametric density estimation: toward computational tractability. In units of the bandwidth no row of a node
contributes more than :math:`w_i e^{-b}`, b from the distance of its box, or for a leaf of its nearest row. With W the sum of all weights and L the sum so far, a node
with :math:`e^{-b} \le \epsilon L / W` is left out; all that are left out together are below :math:`\epsilon` times the sum. Nearer nodes
come first. Sums are of :math:`e^{e - M}` with M near the largest exponent, so that nothing underflows however far x is away.

A tree is the tuple (tiles, weights, rates, low, high, right, leaf) of `statsim.kernels.kde.tree`; rates are the factor of the squared distance
(Gaussian: -s^2 / 2; radial exponential and kernels that end at 1: s^2) or of the sum of distances (exponential, product: -s), s the reciprocal of a row's own
bandwidth factor.
"""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.kde.lane_exponentials import LOWEST, LOWEST_SINGLE, exp_lane, exp_lane_single
from statsim.kernels.kde.shapes import BIWEIGHT, EPANECHNIKOV, EXPONENTIAL, GAUSSIAN, PEARSON, TRIANGULAR, pearson_shape
from statsim.kernels.kde.tree import TILE

_DEPTH = 128
_SINGLE_RADIUS, _SINGLE_EXPONENT = 16.0, -30.0
_HALF = np.float32(-0.5)
_ABOVE = 100.0  # exponents this far above `top` raise it: exp stays in range, and sums are seldom rescaled
_SMALL = 1e-9  # terms that together are below this part of the sum are added in single precision, whose error of 4e-6 is then lost in rounding


@kernel
def _squares(x, tile, q):
    """q[t] = |x - tile[:, t]|^2, up to four columns at a time; a function of its own, so that its loops become vector instructions."""
    first = x.size % 4
    if first == 0:
        for t in range(TILE):
            q[t] = 0.0
    elif first == 1:
        for t in range(TILE):
            u = x[0] - tile[0, t]
            q[t] = u * u
    elif first == 2:
        for t in range(TILE):
            u, v = x[0] - tile[0, t], x[1] - tile[1, t]
            q[t] = u * u + v * v
    else:
        for t in range(TILE):
            u, v, w = x[0] - tile[0, t], x[1] - tile[1, t], x[2] - tile[2, t]
            q[t] = (u * u + v * v) + w * w
    for j in range(first, x.size, 4):
        for t in range(TILE):
            a, b, c, d = x[j] - tile[j, t], x[j + 1] - tile[j + 1, t], x[j + 2] - tile[j + 2, t], x[j + 3] - tile[j + 3, t]
            q[t] += (a * a + b * b) + (c * c + d * d)


@inlined
def _exponents(kernel, radial, x, tile, rates, e):
    """Exponents of the Gaussian and the exponential kernel, without limits."""
    if kernel == GAUSSIAN or radial:
        _squares(x, tile, e)
        if kernel == GAUSSIAN:
            for t in range(TILE):
                e[t] *= rates[t]
        else:
            for t in range(TILE):
                e[t] = -math.sqrt(e[t] * rates[t])
        return
    for t in range(TILE):
        e[t] = 0.0
    for j in range(x.size):
        place = x[j]
        for t in range(TILE):
            e[t] += abs(place - tile[j, t])
    for t in range(TILE):
        e[t] *= rates[t]


@inlined
def _shapes(kernel, q, value):
    """value *= the shape at the squared distances q, for kernels that end at 1."""
    if kernel == EPANECHNIKOV:
        for t in range(TILE):
            value[t] *= max(0.0, 1.0 - q[t])
    elif kernel == BIWEIGHT:
        for t in range(TILE):
            rest = max(0.0, 1.0 - q[t])
            value[t] *= rest * rest
    elif kernel == TRIANGULAR:
        for t in range(TILE):
            value[t] *= max(0.0, 1.0 - math.sqrt(q[t]))
    elif kernel >= PEARSON:
        for t in range(TILE):
            value[t] *= pearson_shape(kernel - PEARSON, max(0.0, 1.0 - q[t]))
    else:
        for t in range(TILE):
            value[t] *= 1.0 if q[t] <= 1.0 else 0.0


@inlined
def _add_compact(kernel, radial, x, tile, rates, weights, q, value, sums):
    for t in range(TILE):
        value[t] = weights[t]
    if radial:
        _squares(x, tile, q)
        for t in range(TILE):
            q[t] *= rates[t]
        _shapes(kernel, q, value)
    else:
        for j in range(x.size):
            place = x[j]
            for t in range(TILE):
                u = place - tile[j, t]
                q[t] = u * u * rates[t]
            _shapes(kernel, q, value)
    for t in range(TILE):
        sums[t] += value[t]


@inlined
def _total(sums, work):
    """The sum of the lanes, in pairs."""
    half = TILE // 2
    for t in range(half):
        work[t] = sums[t] + sums[t + half]
    while half > 4:
        half //= 2
        for t in range(half):
            work[t] += work[t + half]
    return (work[0] + work[1]) + (work[2] + work[3])


@inlined
def _nearness(kernel, radial, x, low, high, smallest):
    """A lower bound of b over a box: no row in it contributes more than its weight times exp(-b); inf beyond a kernel's end."""
    square, path, widest = 0.0, 0.0, 0.0
    for j in range(x.size):
        gap = max(max(low[j] - x[j], x[j] - high[j]), 0.0)
        square += gap * gap
        path += gap
        widest = max(widest, gap)
    if kernel == GAUSSIAN:
        return 0.5 * smallest * smallest * square
    if kernel == EXPONENTIAL:
        return smallest * (math.sqrt(square) if radial else path)
    reach = math.sqrt(square) if radial else widest
    return math.inf if smallest * reach > 1.0 else 0.0


@kernel
def _largest(e, factor, work):
    """The largest exponent factor e[t] of a leaf, in pairs; its margin repeats a row."""
    half = TILE // 2
    for t in range(half):
        work[t] = max(factor * e[t], factor * e[t + half])
    while half > 4:
        half //= 2
        for t in range(half):
            work[t] = max(work[t], work[t + half])
    return max(max(work[0], work[1]), max(work[2], work[3]))


@kernel
def _add_terms(e, factor, top, weights, sums):
    for t in range(TILE):
        sums[t] += weights[t] * exp_lane(max(factor * e[t] - top, LOWEST))


@kernel
def _add_small_terms(e, factor, top, weights, small, sums):
    """The same with terms in single precision."""
    for t in range(TILE):
        small[t] = factor * e[t] - top
    for t in range(TILE):
        small[t] = exp_lane_single(max(small[t], LOWEST_SINGLE))
    for t in range(TILE):
        sums[t] += weights[t] * small[t]


@inlined
def _raise(top, new, sums):
    """Sums relative to exp(top) become relative to exp(new)."""
    if top > -math.inf:
        shrink = math.exp(max(top - new, LOWEST))
        for t in range(TILE):
            sums[t] *= shrink


@inlined
def _push(stack, bounds, depth, node, bound):
    stack[depth] = node
    bounds[depth] = bound
    return depth + 1


@inlined
def _push_children(kernel, radial, x, node, low, high, right, smallest, stack, bounds, depth):
    """Both children of a node, the nearer on top."""
    one, two = node + 1, right[node]
    b_one = _nearness(kernel, radial, x, low[one], high[one], smallest)
    b_two = _nearness(kernel, radial, x, low[two], high[two], smallest)
    if b_one <= b_two:
        return _push(stack, bounds, _push(stack, bounds, depth, two, b_two), one, b_one)
    return _push(stack, bounds, _push(stack, bounds, depth, one, b_one), two, b_two)


@kernel
def fill_log_sums(X, start, stop, tree, kernel, radial, shared, smallest, tolerance, out):
    """out[i] = log sum_i w_i K(X[i] - z_i) for rows [start, stop) of X (m, d), K without its height; relative error of the sum below `tolerance`.

    smallest is the least s of all rows; `shared` says that all are 1.
    """
    tiles, weights, rates, low, high, right, leaf = tree
    plain = kernel == GAUSSIAN and shared
    factor = -0.5 if plain else 1.0
    ends = kernel != GAUSSIAN and kernel != EXPONENTIAL
    stack, bounds = np.empty(_DEPTH, np.int64), np.empty(_DEPTH)
    e, value, sums, small = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE, np.float32)
    margin, finer = math.log(tolerance / weights.sum()), math.log(_SMALL / tolerance)
    for i in range(start, stop):
        x, top, floor, seen = X[i], -math.inf, -math.inf, 0
        for t in range(TILE):
            sums[t] = 0.0
        depth = _push(stack, bounds, 0, 0, _nearness(kernel, radial, x, low[0], high[0], smallest))
        while depth:
            depth -= 1
            node, bound = stack[depth], bounds[depth]
            if not -bound > floor:
                continue
            if leaf[node] < 0:
                depth = _push_children(kernel, radial, x, node, low, high, right, smallest, stack, bounds, depth)
                continue
            a = leaf[node]
            if ends:
                top = 0.0
                _add_compact(kernel, radial, x, tiles[a], rates[a], weights[a], e, value, sums)
                continue
            if plain:
                _squares(x, tiles[a], e)
            else:
                _exponents(kernel, radial, x, tiles[a], rates[a], e)
            largest = _largest(e, factor, value)
            if not largest > floor:
                continue
            if largest > top + _ABOVE:
                _raise(top, largest, sums)
                top = largest
            if largest > floor + finer:
                _add_terms(e, factor, top, weights[a], sums)
            else:
                _add_small_terms(e, factor, top, weights[a], small, sums)
            seen += 1
            if seen < 8 or seen % 8 == 0:
                floor = top + math.log(_total(sums, value)) + margin
        total = _total(sums, value)
        out[i] = top + math.log(total) if total > 0.0 else -math.inf


@kernel
def fill_log_sums_single(X, start, stop, tree, single, smallest, tolerance, out):
    """`fill_log_sums` for the Gaussian kernel, exponents and terms in single precision: relative error of the sum below `tolerance` + 5e-5.

    single is (tiles, centres, radii, weights, rates): tiles about their centres, as `centre_tiles` makes them. In double precision stay wide leaves, and points
    that have no data within exponent 30, where single precision would not be enough.
    """
    tiles, weights, rates, low, high, right, leaf = tree
    tiles_32, centres, radii, weights_32, rates_32 = single
    stack, bounds = np.empty(_DEPTH, np.int64), np.empty(_DEPTH)
    e, value, sums = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    e_32, x_32 = np.empty(TILE, np.float32), np.empty(X.shape[1], np.float32)
    margin = math.log(tolerance / weights.sum())
    for i in range(start, stop):
        x, top, floor, total = X[i], -math.inf, -math.inf, 0.0
        depth = _push(stack, bounds, 0, 0, 0.0)
        while depth:
            depth -= 1
            node, bound = stack[depth], bounds[depth]
            if not -bound > floor:
                continue
            if leaf[node] < 0:
                depth = _push_children(GAUSSIAN, True, x, node, low, high, right, smallest, stack, bounds, depth)
                continue
            a = leaf[node]
            if top == -math.inf:
                _exponents(GAUSSIAN, True, x, tiles[a], rates[a], e)
                top = _largest(e, 1.0, value)
                if not top > _SINGLE_EXPONENT:
                    break
            if radii[a] > _SINGLE_RADIUS or smallest != 1.0:
                _exponents(GAUSSIAN, True, x, tiles[a], rates[a], e)
                for t in range(TILE):
                    sums[t] = weights[a, t] * exp_lane(min(max(e[t] - top, LOWEST), 700.0))
                total += _total(sums, value)
            else:
                for j in range(x.size):
                    x_32[j] = x[j] - centres[a, j]
                total += _single_leaf(x_32, tiles_32[a], weights_32[a], rates_32[a], np.float32(top), e_32)
            floor = top + math.log(total) + margin
        if top > _SINGLE_EXPONENT:
            out[i] = top + math.log(total)
        else:
            fill_log_sums(X, i, i + 1, tree, GAUSSIAN, True, smallest == 1.0, smallest, tolerance, out)


@inlined
def _single_leaf(x, tile, weights, rates, top, e):
    for t in range(TILE):
        e[t] = 0.0
    for j in range(x.size):
        place = x[j]
        for t in range(TILE):
            u = place - tile[j, t]
            e[t] += u * u
    for t in range(TILE):
        e[t] = weights[t] * exp_lane_single(max(e[t] * _HALF - top, LOWEST_SINGLE))
    half = TILE
    while half > 8:
        half //= 2
        for t in range(half):
            e[t] += e[t + half]
    return float(((e[0] + e[1]) + (e[2] + e[3])) + ((e[4] + e[5]) + (e[6] + e[7])))
