"""Draws of exp(-x^4) by numerical inversion."""

import numba
import numpy as np
from contest import Contest

N = 5_000_000


@numba.njit
def _quartic(x):
    return -(x[0] ** 4)


class _Quartic:
    """The density as SciPy takes it."""

    def pdf(self, x):
        return np.exp(-(x**4))


def jobs():
    from scipy.stats.sampling import NumericalInversePolynomial

    from statsim.samplers.univariate.numerical_inversion import NumericalInversion
    from statsim.samplers.targets.target import Target

    ours = NumericalInversion(u_resolution=1e-10).prepare(Target(_quartic, dim=1))
    peer = NumericalInversePolynomial(_Quartic(), u_resolution=1e-10, random_state=np.random.Generator(np.random.SFC64(1)))
    yield Contest(
        "numerical inversion of exp(-x^4), 5e6 draws, table made before",
        {"statsim": lambda: ours.sample(N, rng=1), "SciPy PINV, SFC64": lambda: peer.rvs(N)},
        {"SciPy PINV, SFC64": 1.5},
    )
