"""Chain diagnostics: how far the draws of a Markov chain can be trusted. Arrays (chain, draw) or (chain, draw, dim) in, numbers out."""
