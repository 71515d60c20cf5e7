"""Random graphs and their summaries: pairs of nodes by number, geometric skipping, edge flips, swaps, labels, spanning trees."""
