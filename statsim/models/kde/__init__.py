"""Kernel density estimates: the class, its columns and bandwidths, and the laws made from it."""
