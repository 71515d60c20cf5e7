"""Tempered densities: the path from a reference to the target, moves along it, swaps between its rungs."""
