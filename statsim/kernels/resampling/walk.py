"""The walk along cumulative weights that every resampling method shares: positions rise, so one pass finds all indices."""

from statsim.kernels.jit import inlined


@inlined
def total_and_last(weights):
    """Sum of the weights in their order, and the last index whose weight is positive (the sums may end just below a position)."""
    total, last = 0.0, 0
    for i in range(weights.size):
        total += weights[i]
        if weights[i] > 0.0:
            last = i
    return total, last


@inlined
def advance_to(place, i, reached, weights, last):
    """The first index from `i` on whose cumulative weight exceeds `place`; (index, cumulative weight). Weight 0 is passed over."""
    while reached <= place and i < last:
        i += 1
        reached += weights[i]
    return i, reached
