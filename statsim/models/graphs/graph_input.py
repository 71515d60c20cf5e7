"""Graphs as users give them, checked: a matrix (dense or sparse), a table of edges (array or data frame), or a networkx graph."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.graphs.graph import Graph
from statsim.models.graphs.pair_space import pair_space


def as_graph(graph, *, n_nodes=None, directed=False, loops=False, bipartite=None, name="graph"):
    """A checked `Graph`.

    Parameters
    ----------
    graph : array (n, n), scipy.sparse matrix or array (n, n), array or data frame (m, 2), (edges, n_nodes), networkx graph or Graph
        A matrix of zeros and ones; or a table with the two nodes, 0..n-1, of each edge. A 2 x 2 array is a matrix when
        there are two nodes, else two edges. The nodes of a networkx graph are numbered in its own order.
    n_nodes : int, optional
        Needed for a table of edges, which says nothing about isolated nodes.
    directed, loops, bipartite
        What the model allows.
    name : str
        Name of the argument, for messages.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For weights, loops, edges that stand twice, matrices that are not symmetric, node numbers out of range, and the like.
    """
    if isinstance(graph, Graph):
        found, edges = graph.n_nodes, graph.edges
        _require_direction(graph.directed, directed, name)
    elif hasattr(graph, "adj") and hasattr(graph, "is_directed"):
        found, edges = _of_networkx(graph, directed, name)
    elif hasattr(graph, "tocoo"):
        found, edges = _of_sparse(graph, directed, name)
    else:
        found, edges = _of_array(graph, n_nodes, directed, name)
    if n_nodes is not None and found != n_nodes:
        raise ArgumentError(f"{name} has {found} nodes, but the model has n_nodes={n_nodes}; use a model of {found} nodes")
    space = pair_space(found, directed=directed, loops=loops, bipartite=bipartite)
    return Graph(found, _canonical(edges, space, name), directed)


def _require_direction(is_directed, wanted, name):
    if is_directed and not wanted:
        raise ArgumentError(f"{name} is directed, but the model is not; use directed=True, or make it undirected first")
    if wanted and not is_directed:
        raise ArgumentError(f"{name} is undirected, but the model has directed=True; use directed=False, or give each edge in both directions")


def _of_networkx(graph, directed, name):
    _require_direction(graph.is_directed(), directed, name)
    places = {node: place for place, node in enumerate(graph.nodes)}
    for source, target, weight in graph.edges(data="weight", default=1):
        if weight != 1:
            raise ArgumentError(f"{name} has weights: edge {(source, target)!r} weighs {weight!r}; edges are there or not, so keep those that count and drop the weights")
    pairs = [(places[source], places[target]) for source, target, *_ in graph.edges]
    return len(places), np.array(pairs, np.int64).reshape(-1, 2)


def _of_sparse(graph, directed, name):
    if len(graph.shape) != 2 or graph.shape[0] != graph.shape[1]:
        raise ArgumentError(f"{name} must be a square matrix (n_nodes, n_nodes), got shape {graph.shape}")
    matrix = graph.tocoo()
    places = np.stack([matrix.row, matrix.col])
    repeated = matrix.nnz - np.unique(places, axis=1).shape[1]
    if repeated:
        raise ArgumentError(f"{name} has multi-edges: {repeated} entries stand at a place that has one already; keep one of each")
    values = np.asarray(matrix.data)
    _require_ones(values[values != 0], name, lambda k: (int(matrix.row[values != 0][k]), int(matrix.col[values != 0][k])))
    kept = values != 0
    edges = np.stack([matrix.row[kept], matrix.col[kept]], axis=1).astype(np.int64)
    return graph.shape[0], edges if directed else _one_of_two(edges, graph.shape[0], name)


def _of_array(graph, n_nodes, directed, name):
    if isinstance(graph, tuple) and len(graph) == 2 and np.ndim(graph[1]) == 0:
        graph, n_nodes = graph[0], checks.integer(graph[1], "n_nodes", minimum=0)
    elif not hasattr(graph, "columns"):
        array = _numbers(graph, name)
        if array.ndim == 2 and array.shape[0] == array.shape[1] and not (array.shape[0] == 2 and n_nodes not in (None, 2)):
            return len(array), _of_matrix(array, directed, name)
    if n_nodes is None:
        raise ArgumentError(
            f"{name} is a table of edges, which does not tell how many nodes there are: isolated ones are in no edge; give n_nodes=, or {name}=(edges, n_nodes)"
        )
    return n_nodes, _of_table(graph, n_nodes, name)


def _numbers(graph, name):
    array = np.asarray(graph)
    if array.size and array.dtype.kind not in "biuf":
        raise ArgumentTypeError(f"{name} must be a matrix, a table of edges or a networkx graph, got {type(graph).__name__} of {array.dtype}; node ids must be the integers 0..n-1")
    if array.ndim != 2 and array.size:
        raise ArgumentError(f"{name} must be a matrix (n, n) or a table of edges (m, 2), got shape {array.shape}")
    return array


def _of_matrix(array, directed, name):
    _require_ones(array[array != 0], name, lambda k: tuple(np.argwhere(array != 0)[k].tolist()))
    edges = np.argwhere(array != 0)
    return edges if directed else _one_of_two(edges, len(array), name)


def _require_ones(values, name, place):
    """Refuse entries other than 0 and 1."""
    bad = np.flatnonzero(values != 1)
    if bad.size:
        i, j = place(bad[0])
        value = values[bad[0]]
        whole = np.isfinite(value) and value > 1 and float(value).is_integer()
        what = "weights or multi-edges" if whole else "weights"
        raise ArgumentError(f"{name} has {what}: {name}[{i}, {j}] = {value}; a matrix of a graph holds 0 and 1, so write ({name} > 0).astype(int) if that is meant")


def _one_of_two(edges, n, name):
    """The upper half of a symmetric matrix given by its places (m, 2)."""
    upper, lower = _sorted(edges[edges[:, 0] < edges[:, 1]]), _sorted(edges[edges[:, 0] > edges[:, 1]][:, ::-1])
    shorter = min(len(upper), len(lower))
    differ = (upper[:shorter] != lower[:shorter]).any(axis=1)
    if differ.any() or len(upper) != len(lower):
        k = int(differ.argmax()) if differ.any() else shorter
        above, below = (tuple(part[k].tolist()) if k < len(part) else (n, n) for part in (upper, lower))
        i, j = above if above < below else below[::-1]
        raise ArgumentError(f"{name} is not symmetric: {name}[{i}, {j}] = 1 but {name}[{j}, {i}] = 0; use directed=True for a directed graph")
    return edges[edges[:, 0] <= edges[:, 1]]


def _sorted(edges):
    """Edges (m, 2) in rising order."""
    return edges[np.lexsort((edges[:, 1], edges[:, 0]))]


def _of_table(graph, n_nodes, name):
    """Edges (m, 2) of an array or a data frame with two columns of node numbers."""
    if hasattr(graph, "columns"):
        import narwhals

        frame = narwhals.from_native(graph, eager_only=True)
        if len(frame.columns) != 2:
            raise ArgumentError(f"{name} must have two columns, the nodes of each edge, got {frame.columns}; weights and other columns are not used, so select the two")
        graph = np.stack([frame[column].to_numpy() for column in frame.columns], axis=1)
    array = _numbers(graph, name)
    if not array.size:
        return np.zeros((0, 2), np.int64)
    if array.shape[1] != 2:
        raise ArgumentError(f"{name} must be a table of edges (m, 2) or a square matrix, got shape {array.shape}; weights are not used")
    if array.dtype.kind == "f" and not (np.isfinite(array).all() and (array == np.floor(array)).all()):
        bad = np.argwhere(~np.isfinite(array) | (array != np.floor(array)))[0]
        raise ArgumentError(f"{name} must hold whole numbers, the nodes 0..{n_nodes - 1}: {name}[{bad[0]}, {bad[1]}] = {array[tuple(bad)]}")
    outside = np.argwhere((array < 0) | (array >= n_nodes))
    if outside.size:
        e, side = outside[0]
        raise ArgumentError(f"{name} names node {array[e, side]} in edge {e}, but the nodes are 0..{n_nodes - 1}; number them from 0, or raise n_nodes")
    return array.astype(np.int64)


def _canonical(edges, space, name):
    """Edges in rising order, checked against the pairs allowed."""
    edges = np.ascontiguousarray(edges, np.int64)
    if not space.directed:
        edges = np.sort(edges, axis=1)
    edges = _sorted(edges)
    same = np.flatnonzero((edges[1:] == edges[:-1]).all(axis=1))
    if same.size:
        i, j = edges[same[0]].tolist()
        hint = "" if space.directed else "; an undirected edge stands once, (i, j) or (j, i)"
        raise ArgumentError(f"{name} has multi-edges: the edge ({i}, {j}) stands more than once{hint}; drop the others")
    loops = edges[edges[:, 0] == edges[:, 1]]
    if len(loops) and not space.loops:
        raise ArgumentError(f"{name} has {len(loops)} loop(s), the first at node {loops[0, 0]}, but the model has none; use loops=True, or drop them")
    if space.bipartite is not None:
        inside = edges[(edges[:, 0] < space.bipartite) == (edges[:, 1] < space.bipartite)]
        if len(inside):
            raise ArgumentError(f"{name} joins {tuple(inside[0].tolist())}, two nodes of one part; with bipartite={space.bipartite} edges join 0..{space.bipartite - 1} to the others")
    return edges
