"""Every model by name: the fixed table that files, the command line and the law tests look names up in."""

from dataclasses import dataclass
from importlib import import_module

from statsim import files
from statsim.errors import FileRefusedError
from statsim.model import check_envelope


@dataclass(frozen=True)
class Entry:
    """One model: where its class lives and what it is for."""

    name: str
    module: str
    rows: str
    summary: str

    def load_class(self):
        """The class, imported now."""
        return getattr(import_module(self.module), self.name)


_ENTRIES = (
    Entry(
        "Synthesizer",
        "statsim.models.synthesizer.synthesizer",
        "tables of mixed types",
        "a mixture for tables: numbers keep their margins, categories and counts, missing values per component",
    ),
    Entry(
        "GaussianMixture",
        "statsim.models.mixture.gaussian_mixture",
        "arrays of numbers",
        "a weighted sum of normal laws with full, tied, diagonal or spherical covariances",
    ),
    Entry(
        "Normal",
        "statsim.models.laws.normal",
        "numbers",
        "the normal law of one number",
    ),
    Entry(
        "MultivariateNormal",
        "statsim.models.multivariate_normal.multivariate_normal",
        "arrays of numbers",
        "the normal law of rows: plain, shrunk, or with a sparse precision",
    ),
    Entry(
        "Bernoulli",
        "statsim.models.laws.bernoulli",
        "counts",
        "0 or 1",
    ),
    Entry(
        "Beta",
        "statsim.models.laws.beta",
        "numbers",
        "the beta law of numbers between 0 and 1",
    ),
    Entry(
        "Binomial",
        "statsim.models.laws.binomial",
        "counts",
        "successes in a known number of trials",
    ),
    Entry(
        "Categorical",
        "statsim.models.laws.categorical",
        "counts",
        "categories 0, 1, ..., k - 1 with their probabilities",
    ),
    Entry(
        "Dirichlet",
        "statsim.models.laws.dirichlet",
        "arrays of numbers",
        "shares of a whole that sum to 1",
    ),
    Entry(
        "Exponential",
        "statsim.models.laws.exponential",
        "numbers",
        "waiting times without memory",
    ),
    Entry(
        "Gamma",
        "statsim.models.laws.gamma",
        "numbers",
        "the gamma law of positive numbers",
    ),
    Entry(
        "GeneralizedPareto",
        "statsim.models.laws.generalized_pareto",
        "numbers",
        "excesses over a threshold",
    ),
    Entry(
        "Geometric",
        "statsim.models.laws.geometric",
        "counts",
        "trials up to the first success",
    ),
    Entry(
        "Gumbel",
        "statsim.models.laws.gumbel",
        "numbers",
        "the law of maxima",
    ),
    Entry(
        "Laplace",
        "statsim.models.laws.laplace",
        "numbers",
        "the double exponential law",
    ),
    Entry(
        "LogNormal",
        "statsim.models.laws.log_normal",
        "numbers",
        "numbers whose logarithm is normal",
    ),
    Entry(
        "Multinomial",
        "statsim.models.laws.multinomial",
        "arrays of counts",
        "counts of categories in a known number of trials",
    ),
    Entry(
        "NegativeBinomial",
        "statsim.models.laws.negative_binomial",
        "counts",
        "counts that vary more than Poisson ones",
    ),
    Entry(
        "Pareto",
        "statsim.models.laws.pareto",
        "numbers",
        "power-law tails above a smallest value",
    ),
    Entry(
        "Poisson",
        "statsim.models.laws.poisson",
        "counts",
        "the Poisson law of counts",
    ),
    Entry(
        "StudentT",
        "statsim.models.laws.student_t",
        "numbers",
        "Student's t with location and scale: heavy tails",
    ),
    Entry(
        "Weibull",
        "statsim.models.laws.weibull",
        "numbers",
        "the Weibull law of lifetimes",
    ),
    Entry(
        "HiddenMarkovModel",
        "statsim.models.hmm.hidden_markov_model",
        "sequences",
        "a chain of hidden states, and steps whose law depends on the state",
    ),
    Entry(
        "KernelDensity",
        "statsim.models.kde.kernel_density",
        "arrays of numbers",
        "a kernel about each row, for bounded, circular and categorical columns too; holds raw rows unless made private",
    ),
    Entry(
        "HiddenSemiMarkovModel",
        "statsim.models.hmm.hidden_semi_markov_model",
        "sequences",
        "a chain of hidden states with explicit laws of how long each is stayed in",
    ),
    Entry(
        "TableMixture",
        "statsim.models.table_mixture.table_mixture",
        "coded tables (arrays)",
        "the mixture inside a Synthesizer: normal, categorical and count columns given the component",
    ),
    Entry(
        "BernoulliGraph",
        "statsim.models.graphs.bernoulli_graph",
        "graphs",
        "independent edges of one probability: directed or not, loops or not, bipartite or not",
    ),
    Entry(
        "StochasticBlockModel",
        "statsim.models.graphs.stochastic_block_model",
        "graphs",
        "independent edges given blocks of nodes, plain or degree-corrected",
    ),
    Entry(
        "ChungLuGraph",
        "statsim.models.graphs.chung_lu_graph",
        "graphs",
        "independent edges with given expected degrees",
    ),
    Entry(
        "DegreeSequenceGraph",
        "statsim.models.graphs.degree_sequence_graph",
        "graphs",
        "uniform simple graphs with given degrees",
    ),
    Entry(
        "LatentPositionGraph",
        "statsim.models.graphs.latent_position_graph",
        "graphs",
        "edges that depend on features of the nodes",
    ),
    Entry(
        "ExponentialRandomGraph",
        "statsim.models.graphs.exponential_random_graph",
        "graphs",
        "exponential families of edges, stars and triangles",
    ),
    Entry(
        "AutoRegression",
        "statsim.models.series.auto_regression",
        "sequences of one number",
        "each value a linear function of the last ones, plus normal noise",
    ),
    Entry(
        "VectorAutoRegression",
        "statsim.models.series.vector_auto_regression",
        "sequences of numbers",
        "each row a linear function of the last rows, plus normal noise",
    ),
    Entry(
        "ARMA",
        "statsim.models.series.arma",
        "sequences of one number",
        "an autoregression with a moving average of the noise",
    ),
    Entry(
        "StateSpace",
        "statsim.models.series.state_space",
        "sequences of numbers",
        "linear functions of hidden normal states that move linearly: Kalman filter, smoother, EM",
    ),
    Entry(
        "LinearRegression",
        "statsim.models.regression.linear_regression",
        "features and a number",
        "a linear function of features plus normal noise; features are drawn again from rows, or from a model",
    ),
    Entry(
        "LogisticRegression",
        "statsim.models.regression.logistic_regression",
        "features and a class",
        "one of two classes with log-odds linear in features",
    ),
    Entry(
        "PoissonRegression",
        "statsim.models.regression.poisson_regression",
        "features and a count",
        "a count with log-mean linear in features, and exposures",
    ),
)

ENTRIES = {entry.name: entry for entry in _ENTRIES}
"""Every model class by the name that model files use."""


def load(path):
    """Read a model file.

    Parameters
    ----------
    path : str or path-like
        A JSON document written by `save`.

    Returns
    -------
    Model
        Of the class the file names, fitted.

    Raises
    ------
    FileRefusedError
        The file breaks the format, a limit or a version. Nothing in a file is ever executed.
    OSError
        There is no such file, or it cannot be read.

    Examples
    --------
    >>> import statsim as ss, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.json"
    >>> ss.GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[1.0]]]).save(path)
    >>> ss.load(path)
    GaussianMixture()
    """
    return from_document(files.read_document(path), name=path)


def from_document(document, *, name="the document"):
    """The model in a document made by `to_document`; `name` is used in messages.

    Raises
    ------
    FileRefusedError
    """
    try:
        check_envelope(document)
        if document["model"] not in ENTRIES:
            raise FileRefusedError(f"the model class {document['model'][:80]!r} is not known; known are {', '.join(ENTRIES)}")
        return ENTRIES[document["model"]].load_class().from_document(document)
    except FileRefusedError as error:
        raise FileRefusedError(f"{name}: {error}") from error
