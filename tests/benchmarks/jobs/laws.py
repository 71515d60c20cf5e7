"""Fits and draws of laws of one number, beside SciPy and NumPy."""

import numpy as np
from contest import Contest
from scipy import stats

ROWS = 100_000
DRAWS = 1_000_000


def jobs():
    import statsim as ss

    rng = np.random.default_rng(1)
    gamma, weibull, t = 3.0 * rng.gamma(2.5, size=ROWS), 2.0 * rng.weibull(1.7, size=ROWS), rng.standard_t(4.0, size=ROWS)
    fits = {
        "gamma": (ss.Gamma(), gamma, lambda: stats.gamma.fit(gamma, floc=0)),
        "Weibull": (ss.Weibull(), weibull, lambda: stats.weibull_min.fit(weibull, floc=0)),
        "Student t": (ss.StudentT(), t, lambda: stats.t.fit(t)),
    }
    for name, (model, X, peer) in fits.items():
        yield Contest(f"{name} fit, 1e5 rows", {"statsim": lambda model=model, X=X: model.fit(X), "SciPy": peer}, {"SciPy": 1.0}, rounds=3)
    laws = {
        "gamma": (ss.Gamma.from_parameters(shape=2.5, scale=3.0), lambda generator: generator.gamma(2.5, 3.0, DRAWS)),
        "negative binomial": (ss.NegativeBinomial.from_parameters(size=2.5, p=0.25), lambda generator: generator.negative_binomial(2.5, 0.25, DRAWS)),
    }
    for name, (law, peer) in laws.items():
        generator = np.random.Generator(np.random.SFC64(1))
        contestants = {"statsim": lambda law=law: law.sample(DRAWS, rng=1, num_threads=1), "NumPy SFC64": lambda peer=peer, generator=generator: peer(generator)}
        yield Contest(f"{name} draws, 1e6", contestants, {"NumPy SFC64": 1.0}, rounds=5)
