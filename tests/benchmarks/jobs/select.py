"""Selection among eight mixtures on two threads and on one, beside a loop over scikit-learn's; a bootstrap beside SciPy's of the same statistic."""

import warnings

import numpy as np
from contest import Contest

CANDIDATES = range(1, 9)
N_INIT = 5


def data():
    from statsim import GaussianMixture

    rng = np.random.default_rng(0)
    means = rng.normal(scale=4.0, size=(4, 4))
    truth = GaussianMixture.from_parameters(weights=np.full(4, 0.25), means=means, covariances=np.tile(np.eye(4), (4, 1, 1)))
    return truth.sample(5_000, rng=1)


def ours(X, num_threads):
    import statsim as ss

    family = ss.GaussianMixture(method=ss.MLE(n_init=N_INIT))
    return lambda: ss.select(family, X, n_components=CANDIDATES, num_threads=num_threads, progress=False)


def theirs(X):
    from sklearn.mixture import GaussianMixture

    def loop():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return min((GaussianMixture(k, n_init=N_INIT, random_state=0).fit(X) for k in CANDIDATES), key=lambda model: model.bic(X))

    return loop


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
    X = data()
    yield Contest(
        "select among 8 mixtures, 5000 x 4, two threads", {"statsim": ours(X, 2), "one thread": ours(X, 1)}, {"one thread": 1.8}, rounds=3
    )
    yield Contest("the same, one thread", {"statsim": ours(X, 1), "scikit-learn loop": theirs(X)}, rounds=1)
    small = np.random.default_rng(2).normal(size=200)
    yield Contest("BCa intervals of a normal law, 200 rows, 1000 replications", {"statsim": bootstrap_of_ours(small), "SciPy": bootstrap_of_scipy(small)}, rounds=3)
