"""Criteria of how well a model does on data, one a file: information criteria, predictive scores, marginal likelihoods."""
