"""Regressions: responses given features, their log densities, log posteriors with gradients, conjugate draws, and coordinate descent."""
