"""
How long a state lasts
======================

A hidden Markov model leaves a state with the same probability at every step, so that short stays are the most frequent. A hidden semi-Markov model
learns the law of the stays itself.
"""

# %%
# A machine that idles for about 6 steps, runs for about 25, and cools down for about 12.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss
from statsim.models.hmm.emissions import Gaussian
from statsim.models.hmm.sojourns import ShiftedPoisson

machine = ss.HiddenSemiMarkovModel.from_parameters(
    startprob=[1.0, 0.0, 0.0],
    transmat=[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
    sojourn=ShiftedPoisson(rates=[5.0, 11.0, 24.0]),
    emission=Gaussian(means=[[0.0], [1.5], [3.0]], covariances=[[[0.6]], [[0.6]], [[0.6]]]),
    max_duration=60,
)
X, states = machine.sample(1_500, rng=7, return_latent=True)

# %%
# The same steps, seen with geometric sojourns (a hidden Markov model) and with negative binomial ones.

fits = {
    name: ss.HiddenSemiMarkovModel(3, sojourn=name, max_duration=150, method=ss.MLE(n_init=6), rng=0).fit(X)
    for name in ("geometric", "negative_binomial")
}
for name, model in fits.items():
    print(f"{name:18} BIC {model.bic(X):8.1f}   states told right {np.mean(model.predict(X) == states):.1%}")

# %%
# Above: data, and the paths that both take to be the most probable. Below: the laws of the sojourns, and the truth.

figure, panels = plt.subplot_mosaic([["data"] * 3, ["path"] * 3, [0, 1, 2]], figsize=(10, 7), layout="constrained")
shown = slice(0, 300)
panels["data"].plot(X[shown, 0], ".", color="grey", markersize=4)
panels["data"].set_ylabel("what is seen")
for height, (name, path) in enumerate([("truth", states), *((name, model.predict(X)) for name, model in fits.items())]):
    panels["path"].pcolormesh(np.arange(301), [2.1 - height, 2.9 - height], path[None, shown], cmap="viridis", vmin=0, vmax=2)
panels["path"].set_yticks([2.5, 1.5, 0.5], ["truth", *(name.replace("_", " ") for name in fits)])
u = np.arange(1, 61)
for state, title in enumerate(("idle", "cooling", "running")):
    panels[state].bar(u, machine.sojourn_table()[state], color="lightgrey", width=1.0, label="truth")
    for name, model in fits.items():
        panels[state].plot(u[:-1], model.sojourn_table()[state, :59], label=name.replace("_", " "))
    panels[state].set_title(title)
    panels[state].set_xlabel("steps in the state")
panels[0].legend()
plt.show()
