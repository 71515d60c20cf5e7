"""Independent draws from densities in one dimension: hulls, ratios, inversion."""
