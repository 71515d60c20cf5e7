"""Samplers: draws from a target, one method per file. `sample` runs a method; `run` owns chains, warm-up and threads.

Names load on first use.
"""

METHODS = {
    "NUTS": "statsim.samplers.nuts",
    "RandomWalk": "statsim.samplers.random_walk",
}
"""Method -> its module; a file of draws may name these and nothing else."""

_HOMES = {
    **METHODS,
    "Draws": "statsim.samplers.draws",
    "Target": "statsim.samplers.target",
}


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'statsim.samplers' has no attribute {name!r}; it has {', '.join(sorted(_HOMES))}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
