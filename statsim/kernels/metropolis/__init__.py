"""Kernels of the Metropolis family: one method per file, each a stretch of one chain."""
