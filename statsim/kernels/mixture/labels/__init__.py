"""Posterior sampling of a Gaussian mixture through the labels of its rows.

A `prior` is the tuple (kind, mean (d,), kappa, dof, lower (d, d), shapes (K,), process): a normal inverse Wishart law of each component, with the
factor `lower` of its scale (its diagonal itself, or its trace at [0, 0], where covariances are diagonal or spherical), and either Dirichlet
shapes of the weights or, where `process`, the concentration of a Dirichlet process in shapes[0]. A `table` is what the rows of each
component have made of the prior: (counts (K,), means (K, d), lowers (K, d, d)).
"""
