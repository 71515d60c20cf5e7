"""
The funnel: what a divergence tells
===================================

Eight schools ran the same coaching programme; how much did it help, and how much do schools differ? The hierarchical model can be
written in two ways that mean the same. One of them has a funnel that a sampler cannot enter, and says so.
"""

# %%
# The centred form: the effect of each school is normal around `mu` with standard deviation `tau`. Where `tau` is small, all
# effects must lie close together, so no single step size suits both ends.

import warnings

import matplotlib.pyplot as plt
import numba
import numpy as np

from statsim.errors import SamplerWarning
from statsim.samplers import NUTS, Positive, Real, Target, sample

y = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
sigma = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


@numba.njit
def centred(x, out, y, sigma):
    mu, tau = x[8], x[9]
    value = -(mu**2) / 50 - np.log1p(tau**2 / 25) - 8 * np.log(tau)
    out[8], out[9] = -mu / 25, -2 * tau / (25 + tau**2) - 8 / tau
    for j in range(8):
        effect, residual = (x[j] - mu) / tau, (y[j] - x[j]) / sigma[j]
        value -= 0.5 * effect**2 + 0.5 * residual**2
        out[j] = residual / sigma[j] - effect / tau
        out[8] += effect / tau
        out[9] += effect**2 / tau
    return value


# %%
# The non-centred form: standard normal effects, shifted and scaled afterwards.


@numba.njit
def non_centred(x, out, y, sigma):
    mu, tau = x[8], x[9]
    value = -(mu**2) / 50 - np.log1p(tau**2 / 25)
    out[8], out[9] = -mu / 25, -2 * tau / (25 + tau**2)
    for j in range(8):
        residual = (y[j] - mu - tau * x[j]) / sigma[j]
        value -= 0.5 * x[j] ** 2 + 0.5 * residual**2
        out[j] = tau * residual / sigma[j] - x[j]
        out[8] += residual / sigma[j]
        out[9] += x[j] * residual / sigma[j]
    return value


forms, found = {"centred": centred, "non-centred": non_centred}, {}
for name, function in forms.items():
    target = Target(value_and_gradient=function, dim=10, data=[y, sigma], support=[Real(9), Positive()])
    target.check_gradient()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SamplerWarning)
        found[name] = sample(target, NUTS(), chains=4, draws=1000, rng=8)
    print(f"{name}: {found[name].stats['divergent'].sum()} divergent draws")
    for warning in caught:
        print("   ", str(warning.message)[:300])

# %%
# The effect of the first school against the logarithm of tau. Divergent draws crowd at the mouth of the funnel: below it there is
# probability that the centred form never sees.

figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharex=True, sharey=True, layout="constrained")
for axis, (name, draws) in zip(axes, found.items(), strict=True):
    theta, mu, tau = draws.values[..., 0], draws.values[..., 8], draws.values[..., 9]
    effect = theta if name == "centred" else mu + tau * theta
    divergent = draws.stats["divergent"]
    axis.plot(effect[~divergent], np.log(tau[~divergent]), ".", ms=2, alpha=0.5, label="draws")
    axis.plot(effect[divergent], np.log(tau[divergent]), "o", ms=4, mfc="none", color="C3", label="divergent")
    axis.set(title=f"{name}: {divergent.sum()} divergent", xlabel="effect of the first school", xlim=(-25, 45))
axes[0].set_ylabel("log tau")
axes[0].legend(loc="lower right")
plt.show()
