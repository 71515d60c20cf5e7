"""Loops of the Gaussian mixture: density, EM, missing cells, starts, draws."""
