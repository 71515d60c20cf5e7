"""Summaries of graphs with their uncertainty, and spanning trees: matrices, tables of edges or networkx graphs in."""

from statsim.metrics.graphs.components import connected_components
from statsim.metrics.graphs.degree_law import DegreeLaw, degree_law
from statsim.metrics.graphs.spanning_tree import maximum_spanning_tree, minimum_spanning_tree
from statsim.metrics.graphs.spectral_gap import spectral_gap
from statsim.metrics.graphs.subgraphs import subgraph_counts
from statsim.metrics.graphs.summary import GraphSummary, summarise_graphs
from statsim.metrics.graphs.triangles import clustering, triangle_counts

__all__ = [
    "DegreeLaw",
    "GraphSummary",
    "clustering",
    "connected_components",
    "degree_law",
    "maximum_spanning_tree",
    "minimum_spanning_tree",
    "spectral_gap",
    "subgraph_counts",
    "summarise_graphs",
    "triangle_counts",
]
