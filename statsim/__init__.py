"""Data from classical statistical models: learn a model, draw rows that can be trusted, show how close they come.

Public names load on first use, so that `import statsim` stays quick and imports nothing heavy.
"""

from typing import TYPE_CHECKING

from statsim.version import __version__

if TYPE_CHECKING:
    from statsim import metrics, testing
    from statsim.distributions import priors
    from statsim.estimators import penalties
    from statsim.estimators.bayes import Bayes
    from statsim.models.multivariate_normal.multivariate_normal import MultivariateNormal
    from statsim.estimators.map import MAP
    from statsim.estimators.vb import VB
    from statsim.models.laws.normal import Normal
    from statsim.samplers.exact import Exact
    from statsim.catalog import load
    from statsim.estimators.mle import MLE
    from statsim.estimators.online_em import OnlineEM
    from statsim.tables.batches.batches import Batches
    from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
    from statsim.models.graphs.bernoulli_graph import BernoulliGraph
    from statsim.models.graphs.chung_lu_graph import ChungLuGraph
    from statsim.models.graphs.degree_sequence_graph import DegreeSequenceGraph
    from statsim.models.graphs.exponential_random_graph import ExponentialRandomGraph
    from statsim.models.graphs.latent_position_graph import LatentPositionGraph
    from statsim.models.graphs.stochastic_block_model import StochasticBlockModel
    from statsim.models.kde.kernel_density import KernelDensity
    from statsim.models.hmm.hidden_semi_markov_model import HiddenSemiMarkovModel
    from statsim.models.mixture.gaussian_mixture import GaussianMixture
    from statsim.models.series.arma import ARMA
    from statsim.models.series.auto_regression import AutoRegression
    from statsim.models.series.state_space import StateSpace
    from statsim.models.series.vector_auto_regression import VectorAutoRegression
    from statsim.estimators.burg import Burg
    from statsim.estimators.expectation_maximisation import EM
    from statsim.estimators.least_squares import LeastSquares
    from statsim.estimators.likelihood_ascent import LikelihoodAscent
    from statsim.estimators.yule_walker import YuleWalker
    from statsim.models.synthesizer.synthesizer import Synthesizer
    from statsim.models.table_mixture.table_mixture import TableMixture
    from statsim.plotting.plot import plot
    from statsim.samplers.univariate.adaptive_rejection import AdaptiveRejection
    from statsim.samplers.metropolis.affine_invariant import AffineInvariant
    from statsim.samplers.importance.amis import AMIS
    from statsim.samplers.draws.draws import Draws
    from statsim.samplers.metropolis.elliptical_slice import EllipticalSlice
    from statsim.samplers.gibbs.gibbs import Gibbs
    from statsim.samplers.hamiltonian.hmc import HMC
    from statsim.samplers.importance.importance import Importance, importance
    from statsim.samplers.metropolis.independence import Independence
    from statsim.samplers.hamiltonian.mala import MALA
    from statsim.samplers.univariate.numerical_inversion import NumericalInversion
    from statsim.samplers.hamiltonian.nuts import NUTS
    from statsim.samplers.importance.population_monte_carlo import PopulationMonteCarlo
    from statsim.samplers.metropolis.random_walk import RandomWalk
    from statsim.samplers.univariate.ratio_of_uniforms import RatioOfUniforms
    from statsim.samplers.tempering.reference import NormalReference
    from statsim.samplers.rejection.rejection import Rejection, rejection
    from statsim.samplers.sampling import sample
    from statsim.samplers.metropolis.slice import Slice
    from statsim.samplers.tempering.smc import SMC, smc
    from statsim.samplers.targets.target import Target
    from statsim.samplers.tempering.tempering import Tempering

_HOMES = {
    "AMIS": "statsim.samplers.importance.amis",
    "ARMA": "statsim.models.series.arma",
    "AdaptiveRejection": "statsim.samplers.univariate.adaptive_rejection",
    "AffineInvariant": "statsim.samplers.metropolis.affine_invariant",
    "AutoRegression": "statsim.models.series.auto_regression",
    "Batches": "statsim.tables.batches.batches",
    "Bayes": "statsim.estimators.bayes",
    "BernoulliGraph": "statsim.models.graphs.bernoulli_graph",
    "Burg": "statsim.estimators.burg",
    "ChungLuGraph": "statsim.models.graphs.chung_lu_graph",
    "DegreeSequenceGraph": "statsim.models.graphs.degree_sequence_graph",
    "Draws": "statsim.samplers.draws.draws",
    "EM": "statsim.estimators.expectation_maximisation",
    "EllipticalSlice": "statsim.samplers.metropolis.elliptical_slice",
    "Exact": "statsim.samplers.exact",
    "ExponentialRandomGraph": "statsim.models.graphs.exponential_random_graph",
    "GaussianMixture": "statsim.models.mixture.gaussian_mixture",
    "Gibbs": "statsim.samplers.gibbs.gibbs",
    "HMC": "statsim.samplers.hamiltonian.hmc",
    "HiddenMarkovModel": "statsim.models.hmm.hidden_markov_model",
    "HiddenSemiMarkovModel": "statsim.models.hmm.hidden_semi_markov_model",
    "Importance": "statsim.samplers.importance.importance",
    "Independence": "statsim.samplers.metropolis.independence",
    "KernelDensity": "statsim.models.kde.kernel_density",
    "LatentPositionGraph": "statsim.models.graphs.latent_position_graph",
    "LeastSquares": "statsim.estimators.least_squares",
    "LikelihoodAscent": "statsim.estimators.likelihood_ascent",
    "MALA": "statsim.samplers.hamiltonian.mala",
    "MAP": "statsim.estimators.map",
    "MLE": "statsim.estimators.mle",
    "MultivariateNormal": "statsim.models.multivariate_normal.multivariate_normal",
    "NUTS": "statsim.samplers.hamiltonian.nuts",
    "Normal": "statsim.models.laws.normal",
    "NormalReference": "statsim.samplers.tempering.reference",
    "NumericalInversion": "statsim.samplers.univariate.numerical_inversion",
    "OnlineEM": "statsim.estimators.online_em",
    "PopulationMonteCarlo": "statsim.samplers.importance.population_monte_carlo",
    "RandomWalk": "statsim.samplers.metropolis.random_walk",
    "RatioOfUniforms": "statsim.samplers.univariate.ratio_of_uniforms",
    "Rejection": "statsim.samplers.rejection.rejection",
    "SMC": "statsim.samplers.tempering.smc",
    "Slice": "statsim.samplers.metropolis.slice",
    "StateSpace": "statsim.models.series.state_space",
    "StochasticBlockModel": "statsim.models.graphs.stochastic_block_model",
    "Synthesizer": "statsim.models.synthesizer.synthesizer",
    "TableMixture": "statsim.models.table_mixture.table_mixture",
    "Target": "statsim.samplers.targets.target",
    "Tempering": "statsim.samplers.tempering.tempering",
    "VB": "statsim.estimators.vb",
    "VectorAutoRegression": "statsim.models.series.vector_auto_regression",
    "YuleWalker": "statsim.estimators.yule_walker",
    "importance": "statsim.samplers.importance.importance",
    "load": "statsim.catalog",
    "metrics": "statsim.metrics",
    "penalties": "statsim.estimators",
    "plot": "statsim.plotting.plot",
    "priors": "statsim.distributions",
    "rejection": "statsim.samplers.rejection.rejection",
    "sample": "statsim.samplers.sampling",
    "smc": "statsim.samplers.tempering.smc",
    "testing": "statsim.testing",
}

__all__ = [
    "AMIS",
    "ARMA",
    "AdaptiveRejection",
    "AffineInvariant",
    "AutoRegression",
    "Batches",
    "Bayes",
    "BernoulliGraph",
    "Burg",
    "ChungLuGraph",
    "DegreeSequenceGraph",
    "Draws",
    "EM",
    "EllipticalSlice",
    "Exact",
    "ExponentialRandomGraph",
    "GaussianMixture",
    "Gibbs",
    "HMC",
    "HiddenMarkovModel",
    "HiddenSemiMarkovModel",
    "Importance",
    "Independence",
    "KernelDensity",
    "LatentPositionGraph",
    "LeastSquares",
    "LikelihoodAscent",
    "MALA",
    "MAP",
    "MLE",
    "MultivariateNormal",
    "NUTS",
    "Normal",
    "NormalReference",
    "NumericalInversion",
    "OnlineEM",
    "PopulationMonteCarlo",
    "RandomWalk",
    "RatioOfUniforms",
    "Rejection",
    "SMC",
    "Slice",
    "StateSpace",
    "StochasticBlockModel",
    "Synthesizer",
    "TableMixture",
    "Target",
    "Tempering",
    "VB",
    "VectorAutoRegression",
    "YuleWalker",
    "__version__",
    "importance",
    "load",
    "metrics",
    "penalties",
    "plot",
    "priors",
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
