"""Random graphs: independent edges, blocks, given degrees, features of nodes, exponential families."""
