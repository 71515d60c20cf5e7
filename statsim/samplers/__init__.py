"""Samplers: draws from a target, one method per file. `sample` runs a method; `run` owns chains, warm-up and threads.

Names load on first use, but for `sample`, whose module has the same name.
"""

from statsim.samplers.sample import sample as sample

METHODS = {
    "AffineInvariant": "statsim.samplers.affine_invariant",
    "EllipticalSlice": "statsim.samplers.elliptical_slice",
    "Gibbs": "statsim.samplers.gibbs",
    "HMC": "statsim.samplers.hmc",
    "Independence": "statsim.samplers.independence",
    "MALA": "statsim.samplers.mala",
    "NUTS": "statsim.samplers.nuts",
    "RandomWalk": "statsim.samplers.random_walk",
    "Slice": "statsim.samplers.slice",
    "Tempering": "statsim.samplers.tempering",
}
"""Method -> its module; a file of draws may name these and nothing else."""

_HOMES = {
    **METHODS,
    **dict.fromkeys(("Bounded", "CorrelationCholesky", "Ordered", "Positive", "Real", "Simplex"), "statsim.samplers.supports"),
    "Draws": "statsim.samplers.draws",
    "Target": "statsim.samplers.target",
}


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'statsim.samplers' has no attribute {name!r}; it has {', '.join(sorted(_HOMES))}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
