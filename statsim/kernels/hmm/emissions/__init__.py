"""Laws of one step given the state: log densities, weighted sums for the M step, and draws; one law a file."""
