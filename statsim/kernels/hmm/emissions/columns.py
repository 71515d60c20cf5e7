"""Weighted sums of columns that are independent given the state: all that Poisson and Bernoulli emissions need."""

from statsim.kernels.jit import kernel


@kernel
def add_column_sums(values, gamma, weights, zeroth, first):
    """Add sum r and sum r x (k, d) over the values (n, d) that are not NaN; r = weight times gamma (n, k)."""
    for t in range(values.shape[0]):
        for j in range(values.shape[1]):
            x = values[t, j]
            if x == x:
                for c in range(gamma.shape[1]):
                    share = weights[t] * gamma[t, c]
                    zeroth[c, j] += share
                    first[c, j] += share * x
