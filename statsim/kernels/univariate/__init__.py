"""Kernels of samplers that draw one coordinate, or independent points, from a density."""
