"""The public names are a promise: adding or removing one is a decision, made here."""

import subprocess
import sys

import pytest

import statsim

PUBLIC = [
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
HEAVY = {"numba", "scipy.stats", "sklearn", "matplotlib", "pyarrow", "pandas", "polars", "jinja2", "rich"}
REPORT = """
import sys, time
begin = time.perf_counter()
import statsim
print(time.perf_counter() - begin)
print(*sorted(sys.modules))
"""


def test_public_names():
    assert sorted(statsim.__all__) == sorted(PUBLIC)
    assert dir(statsim) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_resolves(name):
    value = getattr(statsim, name)
    assert value.__name__.rpartition(".")[2] == name if name != "__version__" else isinstance(value, str)


def test_an_unknown_name_is_an_attribute_error_that_lists_the_known():
    with pytest.raises(AttributeError, match="'GausianMixture'.*GaussianMixture"):
        statsim.GausianMixture  # noqa: B018


def test_importing_statsim_imports_nothing_heavy():
    output = subprocess.run([sys.executable, "-c", REPORT], capture_output=True, text=True, check=True).stdout
    seconds, modules = output.splitlines()
    print(f"import statsim: {float(seconds) * 1e3:.1f} ms")  # printed, not asserted: a time is no property of the code alone
    assert set(modules.split()) & HEAVY == set()
