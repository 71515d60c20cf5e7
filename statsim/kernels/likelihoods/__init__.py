"""Log-likelihoods with their gradients in one pass over the data: parts that targets are made of."""
