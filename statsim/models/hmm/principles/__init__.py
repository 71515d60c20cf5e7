"""Highest posterior density and variational Bayes for hidden Markov models: conjugate laws of their parts, and the steps of their loops."""
