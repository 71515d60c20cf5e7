"""Hidden Markov models: filtering, smoothing, decoding and sampling over a table of emission densities that no loop here knows the law of."""
