"""The posterior of the parameters of a hidden Markov model: log density with its gradient, and Gibbs sweeps."""
