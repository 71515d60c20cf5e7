"""Data from classical statistical models: learn a model, draw rows that can be trusted, show how close they come.

Public names load on first use, so that `import statsim` stays quick and imports nothing heavy.
"""

from typing import TYPE_CHECKING

from statsim.version import __version__

if TYPE_CHECKING:
    from statsim import metrics, testing
    from statsim.distributions import priors
    from statsim.distributions import penalties, priors
    from statsim.estimators.target_fit import fit
    from statsim.distributions import penalties, priors
    from statsim.estimators.bayes import Bayes
    from statsim.models.multivariate_normal.multivariate_normal import MultivariateNormal
    from statsim.estimators.map import MAP
    from statsim.estimators.vb import VB
    from statsim.models.laws.bernoulli import Bernoulli
    from statsim.models.laws.beta import Beta
    from statsim.models.laws.binomial import Binomial
    from statsim.models.laws.categorical import Categorical
    from statsim.models.laws.dirichlet import Dirichlet
    from statsim.models.laws.exponential import Exponential
    from statsim.models.laws.gamma import Gamma
    from statsim.models.laws.generalized_pareto import GeneralizedPareto
    from statsim.models.laws.geometric import Geometric
    from statsim.models.laws.gumbel import Gumbel
    from statsim.models.laws.laplace import Laplace
    from statsim.models.laws.log_normal import LogNormal
    from statsim.models.laws.multinomial import Multinomial
    from statsim.models.laws.negative_binomial import NegativeBinomial
    from statsim.models.laws.pareto import Pareto
    from statsim.models.laws.poisson import Poisson
    from statsim.models.laws.student_t import StudentT
    from statsim.models.laws.weibull import Weibull
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
    from statsim.models.regression.linear_regression import LinearRegression
    from statsim.models.regression.logistic_regression import LogisticRegression
    from statsim.models.regression.poisson_regression import PoissonRegression
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
    from statsim.samplers.gibbs.blocked_gibbs import BlockedGibbs
    from statsim.samplers.gibbs.collapsed_gibbs import CollapsedGibbs
    from statsim.samplers.gibbs.slice_sampler import SliceSampler
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
    from statsim.estimators.uncertainty.bootstrap import Bootstrap
    from statsim.estimators.uncertainty.profile import Profile
    from statsim.estimators.uncertainty.wald import Wald
    from statsim.evaluation.compare import compare
    from statsim.evaluation import criteria
    from statsim.estimators.uncertainty.intervals import intervals
    from statsim.evaluation.select import select
    from statsim.estimators.uncertainty.standard_errors import standard_errors

_HOMES = {
    "AMIS": "statsim.samplers.importance.amis",
    "ARMA": "statsim.models.series.arma",
    "AdaptiveRejection": "statsim.samplers.univariate.adaptive_rejection",
    "AffineInvariant": "statsim.samplers.metropolis.affine_invariant",
    "AutoRegression": "statsim.models.series.auto_regression",
    "Batches": "statsim.tables.batches.batches",
    "Bayes": "statsim.estimators.bayes",
    "Bernoulli": "statsim.models.laws.bernoulli",
    "BernoulliGraph": "statsim.models.graphs.bernoulli_graph",
    "Beta": "statsim.models.laws.beta",
    "Binomial": "statsim.models.laws.binomial",
    "BlockedGibbs": "statsim.samplers.gibbs.blocked_gibbs",
    "Bootstrap": "statsim.estimators.uncertainty.bootstrap",
    "Burg": "statsim.estimators.burg",
    "Categorical": "statsim.models.laws.categorical",
    "ChungLuGraph": "statsim.models.graphs.chung_lu_graph",
    "CollapsedGibbs": "statsim.samplers.gibbs.collapsed_gibbs",
    "DegreeSequenceGraph": "statsim.models.graphs.degree_sequence_graph",
    "Dirichlet": "statsim.models.laws.dirichlet",
    "Draws": "statsim.samplers.draws.draws",
    "EM": "statsim.estimators.expectation_maximisation",
    "EllipticalSlice": "statsim.samplers.metropolis.elliptical_slice",
    "Exact": "statsim.samplers.exact",
    "Exponential": "statsim.models.laws.exponential",
    "ExponentialRandomGraph": "statsim.models.graphs.exponential_random_graph",
    "Gamma": "statsim.models.laws.gamma",
    "GaussianMixture": "statsim.models.mixture.gaussian_mixture",
    "GeneralizedPareto": "statsim.models.laws.generalized_pareto",
    "Geometric": "statsim.models.laws.geometric",
    "Gibbs": "statsim.samplers.gibbs.gibbs",
    "Gumbel": "statsim.models.laws.gumbel",
    "HMC": "statsim.samplers.hamiltonian.hmc",
    "HiddenMarkovModel": "statsim.models.hmm.hidden_markov_model",
    "HiddenSemiMarkovModel": "statsim.models.hmm.hidden_semi_markov_model",
    "Importance": "statsim.samplers.importance.importance",
    "Independence": "statsim.samplers.metropolis.independence",
    "KernelDensity": "statsim.models.kde.kernel_density",
    "Laplace": "statsim.models.laws.laplace",
    "LatentPositionGraph": "statsim.models.graphs.latent_position_graph",
    "LeastSquares": "statsim.estimators.least_squares",
    "LikelihoodAscent": "statsim.estimators.likelihood_ascent",
    "LinearRegression": "statsim.models.regression.linear_regression",
    "LogNormal": "statsim.models.laws.log_normal",
    "LogisticRegression": "statsim.models.regression.logistic_regression",
    "MALA": "statsim.samplers.hamiltonian.mala",
    "MAP": "statsim.estimators.map",
    "MLE": "statsim.estimators.mle",
    "Multinomial": "statsim.models.laws.multinomial",
    "MultivariateNormal": "statsim.models.multivariate_normal.multivariate_normal",
    "NUTS": "statsim.samplers.hamiltonian.nuts",
    "NegativeBinomial": "statsim.models.laws.negative_binomial",
    "Normal": "statsim.models.laws.normal",
    "NormalReference": "statsim.samplers.tempering.reference",
    "NumericalInversion": "statsim.samplers.univariate.numerical_inversion",
    "OnlineEM": "statsim.estimators.online_em",
    "Pareto": "statsim.models.laws.pareto",
    "Poisson": "statsim.models.laws.poisson",
    "PoissonRegression": "statsim.models.regression.poisson_regression",
    "PopulationMonteCarlo": "statsim.samplers.importance.population_monte_carlo",
    "Profile": "statsim.estimators.uncertainty.profile",
    "RandomWalk": "statsim.samplers.metropolis.random_walk",
    "RatioOfUniforms": "statsim.samplers.univariate.ratio_of_uniforms",
    "Rejection": "statsim.samplers.rejection.rejection",
    "SMC": "statsim.samplers.tempering.smc",
    "Slice": "statsim.samplers.metropolis.slice",
    "SliceSampler": "statsim.samplers.gibbs.slice_sampler",
    "StateSpace": "statsim.models.series.state_space",
    "StochasticBlockModel": "statsim.models.graphs.stochastic_block_model",
    "StudentT": "statsim.models.laws.student_t",
    "Synthesizer": "statsim.models.synthesizer.synthesizer",
    "TableMixture": "statsim.models.table_mixture.table_mixture",
    "Target": "statsim.samplers.targets.target",
    "Tempering": "statsim.samplers.tempering.tempering",
    "VB": "statsim.estimators.vb",
    "VectorAutoRegression": "statsim.models.series.vector_auto_regression",
    "Wald": "statsim.estimators.uncertainty.wald",
    "Weibull": "statsim.models.laws.weibull",
    "YuleWalker": "statsim.estimators.yule_walker",
    "compare": "statsim.evaluation.compare",
    "criteria": "statsim.evaluation",
    "fit": "statsim.estimators.target_fit",
    "importance": "statsim.samplers.importance.importance",
    "intervals": "statsim.estimators.uncertainty.intervals",
    "load": "statsim.catalog",
    "metrics": "statsim.metrics",
    "penalties": "statsim.distributions",
    "plot": "statsim.plotting.plot",
    "priors": "statsim.distributions",
    "rejection": "statsim.samplers.rejection.rejection",
    "sample": "statsim.samplers.sampling",
    "select": "statsim.evaluation.select",
    "smc": "statsim.samplers.tempering.smc",
    "standard_errors": "statsim.estimators.uncertainty.standard_errors",
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
    "Bernoulli",
    "BernoulliGraph",
    "Beta",
    "Binomial",
    "BlockedGibbs",
    "Bootstrap",
    "Burg",
    "Categorical",
    "ChungLuGraph",
    "CollapsedGibbs",
    "DegreeSequenceGraph",
    "Dirichlet",
    "Draws",
    "EM",
    "EllipticalSlice",
    "Exact",
    "Exponential",
    "ExponentialRandomGraph",
    "Gamma",
    "GaussianMixture",
    "GeneralizedPareto",
    "Geometric",
    "Gibbs",
    "Gumbel",
    "HMC",
    "HiddenMarkovModel",
    "HiddenSemiMarkovModel",
    "Importance",
    "Independence",
    "KernelDensity",
    "Laplace",
    "LatentPositionGraph",
    "LeastSquares",
    "LikelihoodAscent",
    "LinearRegression",
    "LogNormal",
    "LogisticRegression",
    "MALA",
    "MAP",
    "MLE",
    "Multinomial",
    "MultivariateNormal",
    "NUTS",
    "NegativeBinomial",
    "Normal",
    "NormalReference",
    "NumericalInversion",
    "OnlineEM",
    "Pareto",
    "Poisson",
    "PoissonRegression",
    "PopulationMonteCarlo",
    "Profile",
    "RandomWalk",
    "RatioOfUniforms",
    "Rejection",
    "SMC",
    "Slice",
    "SliceSampler",
    "StateSpace",
    "StochasticBlockModel",
    "StudentT",
    "Synthesizer",
    "TableMixture",
    "Target",
    "Tempering",
    "VB",
    "VectorAutoRegression",
    "Wald",
    "Weibull",
    "YuleWalker",
    "__version__",
    "compare",
    "criteria",
    "fit",
    "importance",
    "intervals",
    "load",
    "metrics",
    "penalties",
    "plot",
    "priors",
    "rejection",
    "sample",
    "select",
    "smc",
    "standard_errors",
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
