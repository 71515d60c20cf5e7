"""The multivariate normal law: fitted plainly, shrunk, sparse, or Bayesian."""
