"""Methods that propose and accept: random walks, independence, slices, ensembles."""
