"""Resampling by weight: n indices, each expected n times its weight; the kernels cite the papers of the methods."""

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.samplers.importance.seeds import part_random

RESAMPLERS = ("multinomial", "stratified", "systematic", "residual")


def resample(weights, n, *, method="systematic", rng=None):
    """Indices drawn by weight, in rising order.

    Parameters
    ----------
    weights : array (m,)
        Finite, not negative, with a positive sum.
    n : int
        Indices to draw.
    method : {"systematic", "stratified", "residual", "multinomial"}
        All are unbiased: index i comes n w_i times on average. Only multinomial indices are independent of each other; the
        others vary less. Systematic indices come floor or ceil of n w_i times.
    rng : None, int, SeedSequence or Generator

    Returns
    -------
    ndarray (n,) of int64

    Raises
    ------
    ArgumentError, ArgumentTypeError

    Examples
    --------
    >>> resample([0.25, 0.0, 0.75], 4, rng=0).tolist()
    [0, 2, 2, 2]
    """
    array = np.atleast_1d(np.asarray(weights))
    checked = checks.sample_weights(array, array.size, "weights")
    n = checks.integer(n, "n", minimum=0)
    checks.choice(method, "method", RESAMPLERS)
    return resample_with(part_random(rngs.seed_sequence(rng)), checked, n, method)


def resample_with(random, weights, n, method):
    """As `resample`, from the stream `random`, its arguments checked."""
    out = np.empty(n, np.int64)
    _kernel(method)(random, np.ascontiguousarray(weights, np.float64), out)
    return out


def _kernel(method):
    from statsim.kernels.resampling.multinomial import multinomial
    from statsim.kernels.resampling.residual import residual
    from statsim.kernels.resampling.stratified import stratified
    from statsim.kernels.resampling.systematic import systematic

    return {"multinomial": multinomial, "stratified": stratified, "systematic": systematic, "residual": residual}[method]
