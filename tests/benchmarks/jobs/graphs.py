"""Random graphs to an edge array, and a maximum spanning tree of a million edges."""

import numpy as np
from contest import Contest, Limit

N, DEGREE = 1_000_000, 10
BLOCK_NODES, BLOCKS = 100_000, 4
TREE_NODES, TREE_EDGES = 100_000, 1_000_000


def independent_edges():
    import igraph
    import networkit
    import rustworkx

    import statsim as ss

    networkit.setNumberOfThreads(1)
    p = DEGREE / (N - 1)
    model = ss.BernoulliGraph.from_parameters(n_nodes=N, p=p)
    yield Contest(
        "G(n, p), 1e6 nodes of degree 10, to edges",
        {
            "statsim": lambda: model.sample(rng=1, as_="edges", num_threads=1),
            "rustworkx (its own graph)": lambda: rustworkx.undirected_gnp_random_graph(N, p, seed=1),
            "rustworkx (to an array)": lambda: np.asarray(rustworkx.undirected_gnp_random_graph(N, p, seed=1).edge_list()),
            "igraph (its own graph)": lambda: igraph.Graph.Erdos_Renyi(n=N, p=p),
            "NetworKit (its own graph)": lambda: networkit.generators.ErdosRenyiGenerator(N, p).generate(),
        },
        {"rustworkx (its own graph)": 3.0},
        rounds=5,
    )


def blocks():
    import igraph

    import statsim as ss

    size, share = BLOCK_NODES // BLOCKS, DEGREE / BLOCK_NODES
    matrix = np.full((BLOCKS, BLOCKS), share * 0.5) + np.eye(BLOCKS) * share * 2.0
    model = ss.StochasticBlockModel.from_parameters(block_probabilities=matrix, labels=np.repeat(np.arange(BLOCKS), size))
    preferences, sizes = matrix.tolist(), [size] * BLOCKS
    yield Contest(
        "block model, 1e5 nodes of degree 10, 4 blocks",
        {
            "statsim": lambda: model.sample(rng=1, as_="edges", num_threads=1),
            "igraph (its own graph)": lambda: igraph.Graph.SBM(pref_matrix=preferences, block_sizes=sizes),
        },
        {"igraph (its own graph)": 6.0},
        rounds=9,
    )


def spanning_tree():
    import rustworkx
    from scipy import sparse
    from scipy.sparse import csgraph

    from statsim.metrics.graphs import maximum_spanning_tree

    rng = np.random.default_rng(0)
    edges, weights = rng.integers(0, TREE_NODES, (TREE_EDGES, 2)), rng.random(TREE_EDGES) + 0.5
    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(TREE_NODES))
    graph.add_edges_from([(a, b, -w) for (a, b), w in zip(edges.tolist(), weights.tolist(), strict=True)])
    matrix = sparse.coo_array((-weights, edges.T), shape=(TREE_NODES, TREE_NODES)).tocsr()
    yield Contest(
        "maximum spanning tree, 1e6 edges",
        {
            "statsim": lambda: maximum_spanning_tree(edges, weights, n_nodes=TREE_NODES),
            "rustworkx": lambda: rustworkx.minimum_spanning_edges(graph, weight_fn=float),
            "SciPy": lambda: csgraph.minimum_spanning_tree(matrix),
        },
        {"rustworkx": 1.5},
    )


def streamed_megabytes():
    """Peak memory of a process that streams 2e7 edges to a Parquet file (VmHWM: `ru_maxrss` would be that of this process)."""
    import subprocess
    import sys

    program = (
        "import tempfile, statsim as ss\n"
        "from pathlib import Path\n"
        "def model(n): return ss.BernoulliGraph.from_parameters(n_nodes=n, p=20 / n)\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    model(10_000).write_edges(Path(folder) / 'small.parquet', rng=1)\n"
        "    model(2_000_000).write_edges(Path(folder) / 'large.parquet', rng=1)\n"
        "print(next(int(line.split()[1]) / 1024 for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
    )
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)


def jobs():
    yield from independent_edges()
    yield from blocks()
    yield from spanning_tree()
    yield Limit("2e7 edges streamed to Parquet, peak memory of the process", streamed_megabytes, 500.0, unit="MB", rounds=1)
