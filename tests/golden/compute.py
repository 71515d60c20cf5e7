"""SHA-256 of what a model or a variate gives for a fixed seed: `python tests/golden/compute.py [--write | --check [FAMILY ...]]`.

Needs numpy, numba, pyarrow, narwhals and statsim alone, so that it also runs on an emulated processor: tests/golden/check_aarch64.sh.
Values are hashed as little-endian bytes. A change of any of them is a change of the stream version.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np

from statsim.catalog import ENTRIES, load
from statsim.kernels import elementary
from statsim.kernels.jit import kernel
from statsim.kernels.laws import posteriors
from statsim.kernels.streams import next_uint64, seed_block, uniform, uniform_open
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.binomial import binomial
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.kernels.variates.categorical import alias_table, categorical_alias, categorical_inverse
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.poisson import poisson
from statsim.kernels.variates.standard_exponential import standard_exponential
from statsim.kernels.variates.standard_gamma import standard_gamma
from statsim.models.graphs.bernoulli_graph import BernoulliGraph
from statsim.models.graphs.chung_lu_graph import ChungLuGraph
from statsim.models.graphs.degree_sequence_graph import DegreeSequenceGraph
from statsim.models.graphs.exponential_random_graph import ExponentialRandomGraph
from statsim.models.graphs.latent_position_graph import LatentPositionGraph
from statsim.models.graphs.stochastic_block_model import StochasticBlockModel
from statsim.models.kde.columns import Categorical, Circular
from statsim.models.kde.kernel_density import KernelDensity
from statsim.models.kde.shapes import KERNELS
from statsim.models.hmm import emissions, sojourns
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from statsim.models.hmm.hidden_semi_markov_model import HiddenSemiMarkovModel
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.models.series.arma import ARMA
from statsim.models.series.auto_regression import AutoRegression
from statsim.models.series.state_space import StateSpace
from statsim.models.series.vector_auto_regression import VectorAutoRegression
from statsim.models.table_mixture.table_mixture import TableMixture

GOLDEN = Path(__file__).with_name("golden.json")
_DRAWS = 20_000


def _digest(*arrays):
    total = hashlib.sha256()
    for array in arrays:
        array = np.ascontiguousarray(array)
        total.update(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    return total.hexdigest()


def _draws(draw, parameters, dtype=np.float64):
    """`_DRAWS` variates for each parameter tuple, each from a block of its own."""
    parts = []
    for block, values in enumerate(parameters):
        state, out = np.empty(4, np.uint64), np.empty(_DRAWS, dtype)
        seed_block(np.uint64(20_260), np.uint64(1), np.uint64(block), state)
        _loops(draw, len(values))(state, out, *values)
        parts.append(out)
    return _digest(*parts)


def _loops(draw, n_parameters):
    """A compiled loop over `draw(state, ...)` with that many parameters."""

    @kernel
    def none(state, out):
        for i in range(out.size):
            out[i] = draw(state)

    @kernel
    def one(state, out, a):
        for i in range(out.size):
            out[i] = draw(state, a)

    @kernel
    def two(state, out, a, b):
        for i in range(out.size):
            out[i] = draw(state, a, b)

    return (none, one, two)[n_parameters]


@kernel
def _dirichlet(state, out, alpha):
    for i in range(out.shape[0]):
        dirichlet(state, alpha, out[i])


@kernel
def _inverse(state, cumulative):
    return categorical_inverse(uniform(state), cumulative)


def _dirichlets():
    state, out = np.empty(4, np.uint64), np.empty((_DRAWS, 4))
    seed_block(np.uint64(20_260), np.uint64(1), np.uint64(0), state)
    _dirichlet(state, out, np.array([0.001, 0.5, 1.0, 30.0]))
    return _digest(out)


def _functions():
    x = np.concatenate([np.linspace(-700, 700, 20_001), np.linspace(-2, 2, 20_001), [0.0, 5e-324, 1e-310]])
    positive = np.abs(x) + 5e-324
    inside = (np.arange(20_000) + 0.5) / 20_000
    unary = {"exp": x, "expm1": x, "log": positive, "log1p": positive - 0.5, "sin": x, "cos": x, "log_gamma": positive}
    unary |= {"normal_cdf": x / 20, "normal_quantile": inside}
    hashes = {}
    for name, values in unary.items():
        function = getattr(elementary, name)
        hashes[f"function {name}"] = _digest(np.array([function(value) for value in values]))
    hashes["function power"] = _digest(np.array([elementary.power(a, b) for a, b in zip(positive, x / 100, strict=True)]))
    return hashes


def _variates():
    weights = np.array([0.1, 0.0, 0.2, 0.7])
    means = [(mean,) for mean in (1e-300, 0.5, 9.99, 10.0, 1e3, 1e15)]
    trials = [(0, 0.5), (10, 0.5), (59, 0.5), (60, 0.5), (1000, 0.999), (10**12, 1e-3)]
    shapes = [(0.001, 0.001), (0.5, 0.5), (1.0, 1.0), (0.5, 3.0), (1000.0, 3.0)]
    return {
        "words": _draws(next_uint64, [()], np.uint64),
        "uniform": _draws(uniform, [()]),
        "uniform open": _draws(uniform_open, [()]),
        "normal": _draws(standard_normal, [()]),
        "exponential": _draws(standard_exponential, [()]),
        "gamma": _draws(standard_gamma, [(shape,) for shape in (1e-3, 0.5, 1.0, 1.5, 1e6)]),
        "beta": _draws(beta, shapes),
        "dirichlet": _dirichlets(),
        "poisson": _draws(poisson, means, np.int64),
        "binomial": _draws(binomial, trials, np.int64),
        "integer below": _draws(integer_below, [(np.uint64(3),), (np.uint64(2**63 + 1),)], np.uint64),
        "categorical alias": _draws(categorical_alias, [alias_table(weights)], np.int64),
        "categorical inverse": _draws(_inverse, [(np.cumsum(weights),)], np.int64),
    }


def _covariances(d):
    lower = np.tril(np.arange(1.0, d * d + 1).reshape(d, d) % 7 - 3) + 5 * np.eye(d)
    return lower @ lower.T  # small integers: exact


def mixture(kind, d=5):
    """The fixed Gaussian mixture of the golden rows."""
    dense = _covariances(d)
    covariances = {
        "full": np.stack([dense, 2 * dense, np.eye(d)]),
        "tied": dense,
        "diag": np.arange(1.0, 3 * d + 1).reshape(3, d),
        "spherical": np.array([0.5, 1.0, 3.0]),
    }[kind]
    means = np.arange(3.0 * d).reshape(3, d) - 7
    return GaussianMixture.from_parameters(
        weights=[0.5, 0.25, 0.25], means=means, covariances=covariances, covariance_type=kind
    )


def table():
    """The fixed mixed-type mixture of the golden rows."""
    return TableMixture.from_parameters(
        [0.75, 0.25],
        means=[[0.0, 1.0], [3.0, -1.0]],
        covariances=[[[1.0, 0.5], [0.5, 2.0]], [[0.25, 0.0], [0.0, 0.25]]],
        level_probabilities=(np.array([[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]]),),
        count_means=[[3.0, 100.0], [20.0, 0.5]],
        count_dispersions=[[0.0, 0.5], [0.25, 0.0]],
        missing_continuous=[[0.0, 0.25], [0.5, 0.0]],
        missing_discrete=[[0.125], [0.0]],
        missing_counts=[[0.0, 0.5], [0.0, 0.0]],
    )


def _models():
    hashes = {}
    for kind in ("full", "tied", "diag", "spherical"):
        near = mixture(kind).sample(5_000, rng=7, return_latent=True)
        far = mixture(kind).sample(5, rng=7, start=10**12, return_latent=True)
        hashes[f"mixture {kind}"] = _digest(*near, *far)
        conditional = mixture(kind).given({1: 2.5, 3: -4.0})
        parameters = conditional.weights_, conditional.means_, conditional.covariances_
        hashes[f"mixture {kind} given"] = _digest(*parameters, conditional.sample(5_000, rng=7))
    hashes["table mixture"] = _table_rows(table())
    given = table().given(continuous={1: 0.3}, discrete={0: 2}, counts={1: 12})
    hashes["table mixture given"] = _digest(given.weights_, given.means_, given.covariances_) + _table_rows(given)
    missing = table().given(counts={0: 7}, missing=[("continuous", 0)])
    hashes["table mixture given missing"] = _digest(missing.weights_) + _table_rows(missing)
    return hashes


def _series():
    """Series with stationary starts, slopes and singular states; what follows a history with a gap; states given values."""
    A, noise = np.array([[[0.5, 0.25], [-0.25, 0.5]], [[-0.25, 0.125], [0.0, 0.25]]]), np.array([[1.0, 0.5], [0.5, 2.0]])
    vector = VectorAutoRegression.from_parameters(coefficients=A, noise_covariance=noise, intercept=[1.0, -2.0], slope=[0.125, 0.0])
    models = {
        "autoregression": AutoRegression.from_parameters(coefficients=[0.5, -0.25, 0.125], intercept=1.0, noise_variance=2.0),
        "vector autoregression": vector,
        "random walk": AutoRegression.from_parameters(coefficients=[1.0], noise_variance=1.0, initial=[5.0]),
        "arma": ARMA.from_parameters(ar=[0.5, 0.25], ma=[0.75], intercept=1.0, noise_variance=2.0),
        "arma with a slope": ARMA.from_parameters(ar=[0.5], ma=[0.75], intercept=1.0, slope=0.125, noise_variance=2.0),
        "arma after values": ARMA.from_parameters(ar=[1.5, -0.5], ma=[0.25], intercept=0.5, noise_variance=1.0, initial=[2.0, 3.0]),
        "state space": StateSpace.from_parameters(
            transition=A[0], observation=[[1.0, 0.5], [0.0, 1.0], [2.0, -1.0]], state_covariance=noise,
            observation_covariance=np.diag([0.5, 0.0, 1.0]), state_intercept=[0.5, 0.25],
        ),
    }  # fmt: skip
    hashes = {}
    for name, model in models.items():
        model.missing = "mar"
        near, far = model.sample([2_000, 3, 0, 50], rng=7), model.sample(5, n_sequences=2, rng=7, start=10**12)
        history = near[0][:40].copy()
        history[[3, 20, 38], 0] = np.nan
        hashes[name] = _digest(*near, *far)
        hashes[f"{name} given"] = _digest(model.given(history).sample(500, rng=7), model.given(near[0]).sample(500, rng=7))
        space = model if name == "state space" else model.to_state_space()
        hashes[f"{name} states"] = _digest(space.sample_states(history, 5, rng=7))
    trend = StateSpace.from_parameters(
        transition=[[1.0, 1.0], [0.0, 1.0]], observation=[[1.0, 0.0]], state_covariance=np.diag([0.5, 0.25]), observation_covariance=[[1.0]], initial_diffuse=True
    )
    hashes["trend of infinite variance given"] = _digest(trend.given(np.arange(20.0) % 7).sample(500, rng=7))
    return hashes


def _densities():
    """Rows of kernel estimates: every kernel, kind of column, and weights that differ; radial kernels."""
    cells = np.arange(120.0).reshape(30, 4)
    data = np.column_stack([cells[:, 0] % 7 - 3, (cells[:, 1] % 16 + 0.5) / 16, cells[:, 2] % 6, cells[:, 3] % 3])
    support = {1: (0.0, 1.0), 2: Circular(0.0, 6.0), 3: Categorical((0, 1, 2))}
    weights, factors = np.arange(1.0, 31.0), 1 + np.arange(30.0) / 32
    hashes = {}
    for kernel in KERNELS:
        for boundary, own in (("reflect", factors), ("renormalise", None)):
            model = KernelDensity.from_parameters(
                data, bandwidth=[0.5, 0.125, 0.75, 0.25], weights=weights, factors=own, kernel=kernel, support=support, boundary=boundary
            )
            hashes[f"kernel density {kernel} {boundary}"] = _digest(*model.sample(5_000, rng=7, return_latent=True))
        radial = KernelDensity.from_parameters(data[:, :2], bandwidth=[[4.0, 2.0], [2.0, 5.0]], kernel=kernel)
        hashes[f"kernel density {kernel} radial"] = _digest(*radial.sample(5_000, rng=7, return_latent=True))
    plain = KernelDensity.from_parameters(data, bandwidth=0.5)
    hashes["kernel density plain"] = _digest(plain.sample(5_000, rng=7), plain.sample(5, rng=7, start=10**12))
    return hashes


def _table_rows(model):
    rows, labels = model.sample(5_000, rng=7, return_latent=True)
    missing = np.isnan(rows.continuous)
    return _digest(np.where(missing, 0.0, rows.continuous), missing, rows.discrete, rows.counts, labels)


def _graphs():
    """Edges of every law of graphs."""
    half = np.arange(100) % 2
    models = {
        "bernoulli": BernoulliGraph.from_parameters(n_nodes=3000, p=0.02),
        "rare edges": BernoulliGraph.from_parameters(n_nodes=10**8, p=1e-14, directed=True),
        "blocks": StochasticBlockModel.from_parameters(block_probabilities=[[0.1, 0.02], [0.02, 0.2]], labels=half),
        "blocks of random labels": StochasticBlockModel.from_parameters(block_probabilities=[[0.1, 0.02], [0.02, 0.2]], weights=[0.25, 0.75], n_nodes=50),
        "expected degrees": ChungLuGraph.from_parameters(expected_degrees=np.linspace(1.0, 9.0, 600)),
        "degrees": DegreeSequenceGraph.from_parameters(degrees=[3] * 40),
        "family": ExponentialRandomGraph.from_parameters(n_nodes=12, coefficients={"edges": -1.0, "triangles": 0.25}, sweeps=50),
        "expected degrees, poisson": ChungLuGraph.from_parameters(expected_degrees=np.linspace(1.0, 60.0, 200), link="poisson"),
        "directed degrees": DegreeSequenceGraph.from_parameters(degrees=[[2, 4] * 20, [3] * 40], directed=True),
        "directed family": ExponentialRandomGraph.from_parameters(
            n_nodes=12, coefficients={"edges": -1.0, "mutual": 0.5, "transitive_triples": 0.125, "cyclic_triples": -0.25}, directed=True, sweeps=50
        ),
        "features": LatentPositionGraph.from_parameters(n_nodes=60, features=mixture("full", 2), intercept=1.0, coefficients={"distance": -0.5}),
    }
    return {f"graph {name}": _digest(*model.sample(2, rng=7, as_="edges"), model.sample(rng=7, start=10**12, as_="edges")) for name, model in models.items()}


def _laws():
    """Rows of every law of one number or vector, and draws of conjugate posteriors."""
    parameters = {
        "Normal": {"loc": 1.0, "scale": 2.0}, "LogNormal": {"log_mean": 0.5, "log_sd": 0.75}, "StudentT": {"df": 3.5, "loc": 1.0, "scale": 2.0},
        "Laplace": {"loc": -1.0, "scale": 1.5}, "Gamma": {"shape": 0.75, "scale": 3.0}, "Beta": {"a": 1.5, "b": 4.0}, "Weibull": {"shape": 1.75, "scale": 2.0},
        "Exponential": {"scale": 2.5}, "Pareto": {"shape": 2.5, "scale": 1.5}, "GeneralizedPareto": {"shape": 0.25, "scale": 2.0},
        "Gumbel": {"loc": 2.0, "scale": 1.5}, "Bernoulli": {"p": 0.375}, "Binomial": {"n_trials": 200, "p": 0.375}, "Poisson": {"rate": 3.5},
        "NegativeBinomial": {"size": 2.5, "p": 0.125}, "Geometric": {"p": 0.375}, "Categorical": {"p": [0.5, 0.0, 0.25, 0.25]},
        "Multinomial": {"n_trials": 40, "p": [0.5, 0.0, 0.25, 0.25]}, "Dirichlet": {"alpha": [0.05, 1.5, 3.0]},
    }  # fmt: skip
    hashes = {}
    for name, values in parameters.items():
        law = ENTRIES[name].load_class().from_parameters(**values)
        hashes[f"law {name}"] = _digest(law.sample(5_000, rng=7), law.sample(5, rng=7, start=10**12))
    key = np.array([20_260, 3], np.uint64)
    for name, values, width in (("gamma", (2.5, 3.0), 1), ("inverse_gamma", (2.5, 3.0), 1), ("beta", (0.5, 3.0), 1), ("dirichlet", (np.array([0.5, 2.0, 3.0]),), 3)):
        out = np.empty((2_000, width))
        getattr(posteriors, f"fill_{name}")(key, *values, out)
        hashes[f"posterior {name}"] = _digest(out)
    out = np.empty((2_000, 2))
    posteriors.fill_normal_times_inverse_gamma(key, 1.0, 0.5, 2.5, 3.0, out)
    return {**hashes, "posterior normal times inverse gamma": _digest(out)}


def _hidden_chains():
    """Sequences of hidden Markov models with their states, and of one of which something is known."""
    moves = [[0.75, 0.25, 0.0], [0.25, 0.5, 0.25], [0.125, 0.375, 0.5]]
    covariances = np.array([[[2.0, 0.5], [0.5, 1.0]], [[1.0, -0.25], [-0.25, 0.5]], [[0.5, 0.0], [0.0, 4.0]]])
    laws = {
        "gaussian": emissions.Gaussian(means=[[0.0, 1.0], [3.0, -1.0], [-2.0, 2.0]], covariances=covariances),
        "categorical": emissions.Categorical(probabilities=[[0.5, 0.25, 0.25], [0.0, 0.5, 0.5], [0.125, 0.125, 0.75]]),
        "poisson": emissions.Poisson(rates=[[1.0], [5.0], [40.0]]),
    }
    hashes = {}
    for name, law in laws.items():
        model = HiddenMarkovModel.from_parameters(startprob=[0.5, 0.25, 0.25], transmat=moves, emission=law)
        rows, states = model.sample(500, n_sequences=3, rng=7, start=10**12, return_latent=True)
        hashes[f"hidden {name}"] = _digest(*rows, *states)
        given = model.given(prefix=rows[0][:3], end_state=2)
        hashes[f"hidden {name} given"] = _digest(*given.sample(50, n_sequences=20, rng=7))
    known = HiddenMarkovModel.from_parameters(startprob=[0.5, 0.25, 0.25], transmat=moves, emission=laws["gaussian"]).given(observed={2: [np.nan, 0.5]})
    hashes["hidden gaussian given in part"] = _digest(*known.sample(5, n_sequences=200, rng=7))
    return hashes | _hidden_sojourns(laws)


def _hidden_sojourns(laws):
    """Sequences of hidden semi-Markov models with their states, posterior paths, and sequences of which something is known."""
    moves = [[0.0, 0.75, 0.25], [0.5, 0.0, 0.5], [0.0, 0.0, 1.0]]
    durations = {
        "geometric": sojourns.Geometric([0.25, 0.125, 0.5]),
        "poisson": sojourns.ShiftedPoisson([2.5, 12.0, 0.5]),
        "negative binomial": sojourns.ShiftedNegativeBinomial([0.5, 4.0, 2.0], [0.25, 0.5, 0.125]),
        "free": sojourns.Free([[0.25, 0.0, 0.75], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]),
    }
    hashes = {}
    for name, durations_of in durations.items():
        for kind, law in laws.items():
            model = HiddenSemiMarkovModel.from_parameters(
                startprob=[0.5, 0.5, 0.0], transmat=moves, sojourn=durations_of, emission=law, max_duration=20
            )
            rows, states = model.sample(200, n_sequences=10, rng=7, start=10**12, return_latent=True)
            given = model.given(prefix=rows[0][:3], end_state=2).sample(30, n_sequences=20, rng=7)
            hashes[f"hidden {kind}, {name} sojourns"] = _digest(*rows, *states, model.sample_states(rows[1][:50], 20, rng=7), *given)
    return hashes


def _file():
    """Rows of a model file: every value of the table, as Python writes it (floats to the last bit)."""
    model = load(Path(__file__).with_name("penguins.json"))
    given = model.given({"species": "Gentoo", "bill_length_mm": 47.5, "sex": None})
    rows = [*model.sample(3_000, rng=7).to_pylist(), *given.sample(500, rng=7, start=10**12).to_pylist()]
    return {"model file": hashlib.sha256(repr(rows).encode()).hexdigest()}


FAMILIES = {
    "functions": _functions,
    "variates": _variates,
    "models": _models,
    "densities": _densities,
    "graphs": _graphs,
    "laws": _laws,
    "hidden": _hidden_chains,
    "series": _series,
    "file": _file,
}


def compute(*families):
    """The hashes of those families, or of all, by name."""
    return {name: value for family in families or FAMILIES for name, value in FAMILIES[family]().items()}


def _check(families):
    """Hold each family against the file as soon as it is computed; a line for each with its seconds (emulated, they are many)."""
    stored, wrong, seen = json.loads(GOLDEN.read_text()), [], set()
    for family in families or FAMILIES:
        begun = time.perf_counter()
        hashes = FAMILIES[family]()
        differ = [name for name, value in hashes.items() if stored.get(name) != value]
        print(f"{family}: {len(hashes)} hashes, {len(differ)} differ {differ or ''}, {time.perf_counter() - begun:.0f} s", flush=True)
        wrong += differ
        seen |= set(hashes)
    if not families:
        wrong += sorted(set(stored) - seen)
    sys.exit(f"these differ from {GOLDEN.name}: {wrong}" if wrong else print(f"{len(seen)} golden hashes agree"))


if __name__ == "__main__":
    if "--check" in sys.argv:
        _check(sys.argv[sys.argv.index("--check") + 1 :])
    text = json.dumps(compute(), indent=2, sort_keys=True) + "\n"
    if "--write" in sys.argv:
        GOLDEN.write_text(text)
    else:
        sys.stdout.write(text)
