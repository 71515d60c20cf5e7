"""The base class of models whose draws are graphs: each graph has streams of its own, one for each stripe of its pairs.

A subclass supplies `_space`, `_source` and `_log_likelihoods`, and its own `fit`.
"""

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError
from statsim.model import Model
from statsim.models.graphs.edge_source import draw_edges, edge_batches
from statsim.models.graphs.graph import as_form, form_bytes
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.patience import require_patience

_LARGE_GRAPH = 131_072  # edges from which threads share a graph instead of taking one each
_BATCH_EDGES = 524_288


class Streams:
    """The keys of one data set of graphs, made once each."""

    def __init__(self, seed):
        self._seed, self._keys = seed, {}

    def key(self, *path):
        """Key (2,) of the streams of edges, or with a path of those of something else."""
        if path not in self._keys:
            self._keys[path] = rngs.stream_key(self._seed, rngs.Purpose.SAMPLE, *path)
        return self._keys[path]


class GraphModel(Model):
    """A law of graphs. See the module docstring for what a subclass supplies."""

    # ------------------------------------------------------------ steps of a subclass

    def _space(self):
        """The `PairSpace` of the fitted model."""
        raise TypeError(f"{type(self).__name__} does not sample graphs")

    def _source(self, streams, graph):
        """(`EdgeSource`, latent variables or None) of graph number `graph` of the data set that `streams`, a `Streams`, names."""
        raise TypeError(f"{type(self).__name__} does not sample graphs")

    def _predictive_source(self, streams, graph):
        """`_source` of the posterior predictive law, of a model that has draws of its parameters."""
        raise TypeError(f"{type(self).__name__} has no posterior predictive law")

    def _expected_edges(self):
        """Edges expected in a graph, for the check of memory."""
        raise TypeError(f"{type(self).__name__} does not sample graphs")

    def _core_seconds(self):
        """Seconds that a graph takes on one core, about; 0 where they are those of its edges."""
        return 0.0

    def _log_likelihoods(self, graphs):
        """Log probability (len(graphs),) of each `Graph`."""
        raise TypeError(f"{type(self).__name__} has no density")

    def _graph(self, graph, name="graph"):
        """What a user gives as a checked `Graph` of the fitted model."""
        space = self._space()
        return as_graph(graph, n_nodes=space.n_nodes, directed=space.directed, loops=space.loops, bipartite=space.bipartite, name=name)

    # ------------------------------------------------------------ sampling

    def sample(self, n_graphs=None, *, rng=None, start=0, as_="sparse", return_latent=False, parameters=None, num_threads=None, max_bytes=None):
        """Draw graphs.

        Parameters
        ----------
        n_graphs : int, optional
            Number of graphs; left out, one is drawn and comes back alone.
        rng : None, int, SeedSequence or Generator
            An integer names a data set of graphs: the same ones every time, on every machine and any number of threads.
        start : int
            Number of the first graph wanted, 0 to 2^63 - 1; needs an integer rng or a SeedSequence.
        as_ : {"sparse", "edges", "dense", "networkx"}
            A `scipy.sparse.csr_array` (n, n); an array (m, 2) of nodes; a matrix of zeros and ones; a networkx graph.
        return_latent : bool
            Also return what is latent in each graph: labels, positions; None where nothing is.
        parameters : {"posterior", "mean"}, optional
            Of a Bayesian fit: each graph under a draw of the parameters (the posterior predictive law, the default), or all under their means.
        num_threads : int, optional
            Default: `STATSIM_NUM_THREADS`, else the cores this process may use. Never changes the values.
        max_bytes : int, optional
            Refuse results larger than this; default half of the machine's memory.

        Returns
        -------
        graph, or list of graphs where `n_graphs` was given
            With `return_latent` a pair of these, the second with the latent variables.

        Raises
        ------
        ArgumentError, ArgumentTypeError, TooLargeError, NotFittedError
        """
        self._require_fitted()
        source_of = self._source_under(parameters)
        wanted = 1 if n_graphs is None else checks.integer(n_graphs, "n_graphs", minimum=0)
        count, start = checks.row_range(wanted, start, rng, repeatable=rngs.is_repeatable(rng))
        space, edges = self._space(), self._expected_edges()
        as_form(np.zeros((0, 2), np.int64), 0, directed=False, form=as_)  # an unknown form is refused before any work
        checks.memory(
            count * int(form_bytes(space.n_nodes, edges, as_)), max_bytes, what=f"{count} graph(s) of about {edges:.0f} edges",
            remedy="draw as_='edges', fewer graphs at a time with start=NUMBER, or stream one with sample_edges or write_edges",
        )  # fmt: skip
        require_patience(count * self._core_seconds(), f"{count} graph(s)")
        drawn = self._draw(source_of, rngs.seed_sequence(rng), start, count, num_threads)
        graphs = [as_form(found, space.n_nodes, directed=space.directed, form=as_) for found, _ in drawn]
        latent = [hidden for _, hidden in drawn]
        if n_graphs is None:
            return (graphs[0], latent[0]) if return_latent else graphs[0]
        return (graphs, latent) if return_latent else graphs

    def _source_under(self, parameters=None):
        """The step that makes sources: of the predictive law where there are draws of the parameters, else of the parameters there are."""
        if parameters is not None:
            checks.choice(parameters, "parameters", ("posterior", "mean"))
        has_draws = self._predicts()
        if parameters is not None and not has_draws:
            raise ArgumentError(f"parameters={parameters!r} is for Bayesian fits, and this {type(self).__name__} has no posterior to draw from; fit it with method='bayes' (a degree-corrected block model draws under its means)")
        return self._predictive_source if has_draws and parameters != "mean" else self._source

    def _predicts(self):
        """Whether there are draws of the parameters to draw graphs under."""
        return getattr(self, "posterior_", None) is not None

    def _draw(self, source_of, seed, start, count, num_threads):
        """[(edges, latent), ...] of `count` graphs: threads share large graphs, and take small ones in turn."""

        streams = Streams(seed)

        def one(number, threads):
            source, latent = source_of(streams, start + number)
            return draw_edges(source, num_threads=threads), latent

        if count > 1 and self._expected_edges() < _LARGE_GRAPH:
            return blocks.map_chunks(lambda number: one(number, 1), count, num_threads=num_threads)
        return [one(number, num_threads) for number in range(count)]

    def sample_edges(self, *, rng=None, start=0, batch_edges=_BATCH_EDGES):
        """The edges of `sample(rng=rng, start=start, as_="edges")` in arrays of about `batch_edges`, in constant memory.

        Parameters
        ----------
        rng, start
            As for `sample`.
        batch_edges : int

        Returns
        -------
        iterator of ndarray (m, 2) int64
        """
        self._require_fitted()
        _, start = checks.row_range(1, start, rng, repeatable=rngs.is_repeatable(rng))
        size = checks.integer(batch_edges, "batch_edges", minimum=1)
        require_patience(self._core_seconds(), "this graph")
        source, _ = self._source_under()(Streams(rngs.seed_sequence(rng)), start)
        return edge_batches(source, batch_edges=size)

    def write_edges(self, path, *, rng=None, start=0, format=None, force=False):
        """Write the edges of one graph to a file in constant memory: columns `source` and `target`, 64-bit integers.

        Parameters
        ----------
        path : str or path-like
        rng, start
            As for `sample`.
        format : {"parquet", "csv", "arrow"}, optional
            Default: what the name's ending says.
        force : bool
            Replace an existing file.

        Returns
        -------
        int
            Edges written.
        """
        import pyarrow as pa

        from statsim.tables.writing import TableWriter

        batches = self.sample_edges(rng=rng, start=start)  # which checks them, before there is a file
        with TableWriter(path, format, force=force) as writer:
            for edges in batches:
                writer.write(_table(pa, edges))
            if not writer.n_rows:
                writer.write(_table(pa, np.zeros((0, 2), np.int64)))  # a file without edges has the columns all the same
        return writer.n_rows

    def where(self, predicate=None, *, edges=None, degrees=None, connected=False):
        """The model given an event: a target for `statsim.samplers.sampling`.

        Parameters
        ----------
        predicate : callable, optional
            Maps adjacency matrices (m, n, n) to m truth values.
        edges : (int, int), optional
            Fewest and most edges, None for no limit.
        degrees : (low, high), optional
            Numbers or arrays (n,); of a directed graph, edges out and in together.
        connected : bool
            One component (of a directed graph, its directions left out).

        Returns
        -------
        RestrictedGraph

        Raises
        ------
        ArgumentError, ArgumentTypeError, TooLargeError

        Examples
        --------
        >>> from statsim import sample
        >>> from statsim.models.graphs.bernoulli_graph import BernoulliGraph
        >>> tree = BernoulliGraph.from_parameters(n_nodes=5, p=0.4).where(edges=(4, 4), connected=True)
        >>> draws = sample(tree, draws=50, rng=0)
        >>> draws.values.shape, int(draws.values.sum(axis=-1).max())
        ((1, 50, 10), 4)
        """
        from statsim.models.graphs.graph_region import region_of
        from statsim.models.graphs.restricted_graph import RestrictedGraph

        self._require_fitted()
        space = self._space()
        checks.memory(
            8 * 1024 * space.n_pairs, None, what=f"1024 candidates of {space.n_pairs} pairs",
            remedy="condition smaller graphs, or filter the graphs of sample yourself",
        )  # fmt: skip
        return RestrictedGraph(self, space, region_of(space, predicate, edges, degrees, connected))

    def to_networkx(self, graph):
        """A graph in any form that `fit` takes as a networkx `Graph` or `DiGraph` on the nodes 0..n-1."""
        self._require_fitted()
        found = self._graph(graph)
        return as_form(found.edges, found.n_nodes, directed=found.directed, form="networkx")

    # ------------------------------------------------------------ scores

    def score_samples(self, graphs):
        """Log probability of each graph.

        Parameters
        ----------
        graphs : graph or list of graphs
            In any form that `fit` takes.

        Returns
        -------
        ndarray (n_graphs,)
        """
        self._require_fitted()
        return self._log_likelihoods(self._graphs(graphs))

    def _graphs(self, graphs):
        if isinstance(graphs, list) and not graphs:
            raise ArgumentError("graphs is an empty list; give one graph or more")
        if isinstance(graphs, list) and not _is_row(graphs[0]):
            return [self._graph(graph, f"graphs[{place}]") for place, graph in enumerate(graphs)]
        return [self._graph(graphs)]

    def score(self, graphs, y=None):
        """Mean log probability of a graph (`log_likelihood` is the total)."""
        return float(np.mean(self.score_samples(graphs)))

    def log_likelihood(self, graphs):
        """Total log probability of the graphs."""
        return float(np.sum(self.score_samples(graphs)))


def _is_row(item):
    """True for a row of a matrix given as lists: one graph, not several."""
    return isinstance(item, (list, tuple)) and (len(item) == 0 or np.ndim(item[0]) == 0)


def _table(pa, edges):
    return pa.table({"source": np.ascontiguousarray(edges[:, 0]), "target": np.ascontiguousarray(edges[:, 1])})
