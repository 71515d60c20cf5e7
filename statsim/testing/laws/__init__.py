"""Exact or bounded null laws, with NumPy and the standard library only."""
