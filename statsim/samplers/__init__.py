"""Samplers: draws from a target, one method per file. `sample` runs a method; `run` owns chains, warm-up and threads.

Names load on first use.
"""

METHODS = {
    "AffineInvariant": "statsim.samplers.metropolis.affine_invariant",
    "EllipticalSlice": "statsim.samplers.metropolis.elliptical_slice",
    "Gibbs": "statsim.samplers.gibbs.gibbs",
    "HMC": "statsim.samplers.hamiltonian.hmc",
    "Independence": "statsim.samplers.metropolis.independence",
    "MALA": "statsim.samplers.hamiltonian.mala",
    "NUTS": "statsim.samplers.hamiltonian.nuts",
    "RandomWalk": "statsim.samplers.metropolis.random_walk",
    "Slice": "statsim.samplers.metropolis.slice",
    "Tempering": "statsim.samplers.tempering.tempering",
}
"""Method -> its module; a file of draws may name these and nothing else."""

_HOMES = {
    **METHODS,
    **dict.fromkeys(("Bounded", "CorrelationCholesky", "Ordered", "Positive", "Real", "Simplex"), "statsim.samplers.supports"),
    "AMIS": "statsim.samplers.importance.amis",
    "AdaptiveRejection": "statsim.samplers.univariate.adaptive_rejection",
    "Conditional": "statsim.samplers.gibbs.conditional",
    "DiscreteMove": "statsim.samplers.gibbs.conditional",
    "Draws": "statsim.samplers.draws.draws",
    "Importance": "statsim.samplers.importance.importance",
    "NormalReference": "statsim.samplers.tempering.reference",
    "NumericalInversion": "statsim.samplers.univariate.numerical_inversion",
    "PopulationMonteCarlo": "statsim.samplers.importance.population_monte_carlo",
    "RatioOfUniforms": "statsim.samplers.univariate.ratio_of_uniforms",
    "Rejection": "statsim.samplers.rejection.rejection",
    "SMC": "statsim.samplers.tempering.smc",
    "SliceMove": "statsim.samplers.gibbs.conditional",
    "Target": "statsim.samplers.targets.target",
    "sample": "statsim.samplers.sampling",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'statsim.samplers' has no attribute {name!r}; it has {', '.join(sorted(_HOMES))}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__():
    return __all__
