"""Univariate laws: draws by block, log densities, and log posteriors with their gradients; one law per file."""
