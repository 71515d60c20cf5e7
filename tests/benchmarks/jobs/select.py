"""Selection among eight mixtures on two threads and on one; BCa intervals beside SciPy's, which fits the same law to each replication.

The first figure needs two cores that nobody else uses: its own yardstick is the density kernel alone, on two threads and on one.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from contest import Contest

CANDIDATES = range(1, 9)


def data():
    from statsim import GaussianMixture

    means = np.random.default_rng(0).normal(scale=3.0, size=(4, 8))
    truth = GaussianMixture.from_parameters(weights=np.full(4, 0.25), means=means, covariances=np.tile(np.eye(8), (4, 1, 1)))
    return truth, truth.sample(20_000, rng=1)


def selection(X, num_threads):
    import statsim as ss

    family = ss.GaussianMixture(method=ss.MLE(n_init=4, max_iter=300))
    return lambda: ss.select(family, X, n_components=CANDIDATES, num_threads=num_threads, progress=False)


def kernel_alone(model, X, num_threads):
    """Densities of the rows 320 times: no line of Python between the kernels to speak of."""
    parameters = model._parameters()

    def task(_):
        for _ in range(40):
            parameters.log_density(X, num_threads=1)

    def run():
        with ThreadPoolExecutor(num_threads) as pool:
            list(pool.map(task, range(8)))

    return run


def bootstrap_of_ours(X):
    import statsim as ss

    model = ss.Normal().fit(X)
    return lambda: ss.intervals(model, X, method=ss.Bootstrap(replications=1000), rng=0, num_threads=1, progress=False)


def bootstrap_of_scipy(X):
    """The same model fitted to each replication by SciPy."""
    from scipy import stats

    def both():
        return [stats.bootstrap((X,), lambda x, place=place: stats.norm.fit(x)[place], n_resamples=1000, vectorized=False, rng=0) for place in (0, 1)]

    return both


def jobs():
    model, X = data()
    yield Contest("select among 8 mixtures, 20 000 x 8, two threads", {"statsim": selection(X, 2), "one thread": selection(X, 1)}, {"one thread": 1.8}, rounds=3)
    yield Contest("yardstick: a density kernel alone, two threads", {"statsim": kernel_alone(model, X, 2), "one thread": kernel_alone(model, X, 1)})
    small = np.random.default_rng(2).normal(size=200)
    yield Contest("BCa intervals of a normal law, 200 rows, 1000 replications", {"statsim": bootstrap_of_ours(small), "SciPy": bootstrap_of_scipy(small)}, rounds=3)
