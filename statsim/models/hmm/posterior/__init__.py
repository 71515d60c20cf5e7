"""The posterior of the parameters of a hidden Markov model given sequences, as a target for chains."""
