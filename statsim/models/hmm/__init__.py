"""Hidden Markov models: the class, its chain of states, its inference, and the laws that states emit."""
