"""Targets: log densities called by address, what is compiled for them, and their gradients checked."""
