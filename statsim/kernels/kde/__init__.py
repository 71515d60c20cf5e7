"""Kernel density estimates: sums over all data of a kernel at a point, draws, gradients, bins and pairs."""
