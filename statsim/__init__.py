"""Data from classical statistical models: learn a model, draw rows that can be trusted, show how close they come.

Public names load on first use, so that `import statsim` stays quick and imports nothing heavy.
"""

from typing import TYPE_CHECKING

from statsim.version import __version__

if TYPE_CHECKING:
    from statsim import metrics, testing
    from statsim.catalog import load
    from statsim.estimators.mle import MLE
    from statsim.models.mixture.gaussian_mixture import GaussianMixture
    from statsim.models.synthesizer.synthesizer import Synthesizer
    from statsim.models.table_mixture.table_mixture import TableMixture
    from statsim.plotting.plot import plot
    from statsim.samplers.adaptive_rejection import AdaptiveRejection
    from statsim.samplers.affine_invariant import AffineInvariant
    from statsim.samplers.amis import AMIS
    from statsim.samplers.draws import Draws
    from statsim.samplers.elliptical_slice import EllipticalSlice
    from statsim.samplers.gibbs import Gibbs
    from statsim.samplers.hmc import HMC
    from statsim.samplers.importance import Importance, importance
    from statsim.samplers.independence import Independence
    from statsim.samplers.mala import MALA
    from statsim.samplers.numerical_inversion import NumericalInversion
    from statsim.samplers.nuts import NUTS
    from statsim.samplers.population_monte_carlo import PopulationMonteCarlo
    from statsim.samplers.random_walk import RandomWalk
    from statsim.samplers.ratio_of_uniforms import RatioOfUniforms
    from statsim.samplers.reference import NormalReference
    from statsim.samplers.rejection import Rejection, rejection
    from statsim.samplers.sample import sample
    from statsim.samplers.slice import Slice
    from statsim.samplers.smc import SMC, smc
    from statsim.samplers.target import Target
    from statsim.samplers.tempering import Tempering

_HOMES = {
    "AMIS": "statsim.samplers.amis",
    "AdaptiveRejection": "statsim.samplers.adaptive_rejection",
    "AffineInvariant": "statsim.samplers.affine_invariant",
    "Draws": "statsim.samplers.draws",
    "EllipticalSlice": "statsim.samplers.elliptical_slice",
    "GaussianMixture": "statsim.models.mixture.gaussian_mixture",
    "Gibbs": "statsim.samplers.gibbs",
    "HMC": "statsim.samplers.hmc",
    "Importance": "statsim.samplers.importance",
    "Independence": "statsim.samplers.independence",
    "MALA": "statsim.samplers.mala",
    "MLE": "statsim.estimators.mle",
    "NUTS": "statsim.samplers.nuts",
    "NormalReference": "statsim.samplers.reference",
    "NumericalInversion": "statsim.samplers.numerical_inversion",
    "PopulationMonteCarlo": "statsim.samplers.population_monte_carlo",
    "RandomWalk": "statsim.samplers.random_walk",
    "RatioOfUniforms": "statsim.samplers.ratio_of_uniforms",
    "Rejection": "statsim.samplers.rejection",
    "SMC": "statsim.samplers.smc",
    "Slice": "statsim.samplers.slice",
    "Synthesizer": "statsim.models.synthesizer.synthesizer",
    "TableMixture": "statsim.models.table_mixture.table_mixture",
    "Target": "statsim.samplers.target",
    "Tempering": "statsim.samplers.tempering",
    "importance": "statsim.samplers.importance",
    "load": "statsim.catalog",
    "metrics": "statsim.metrics",
    "plot": "statsim.plotting.plot",
    "rejection": "statsim.samplers.rejection",
    "sample": "statsim.samplers.sample",
    "smc": "statsim.samplers.smc",
    "testing": "statsim.testing",
}

__all__ = [
    "AMIS",
    "AdaptiveRejection",
    "AffineInvariant",
    "Draws",
    "EllipticalSlice",
    "GaussianMixture",
    "Gibbs",
    "HMC",
    "Importance",
    "Independence",
    "MALA",
    "MLE",
    "NUTS",
    "NormalReference",
    "NumericalInversion",
    "PopulationMonteCarlo",
    "RandomWalk",
    "RatioOfUniforms",
    "Rejection",
    "SMC",
    "Slice",
    "Synthesizer",
    "TableMixture",
    "Target",
    "Tempering",
    "__version__",
    "importance",
    "load",
    "metrics",
    "plot",
    "rejection",
    "sample",
    "smc",
    "testing",
]


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'statsim' has no attribute {name!r}; public names are {', '.join(__all__)}")
    from importlib import import_module

    home = _HOMES[name]
    module = import_module(home)
    return module if home == f"statsim.{name}" else getattr(module, name)


def __dir__():
    return sorted(__all__)
