"""The generator a metric draws its subsamples and relabellings from: our key, NumPy's Philox."""

import numpy as np

from statsim.rng import Purpose, stream_key


def metric_generator(rng, *path):
    """A NumPy Generator for `rng` (None, int, SeedSequence or Generator) and further integers that separate uses."""
    return np.random.Generator(np.random.Philox(key=stream_key(rng, Purpose.METRIC, *path)))
