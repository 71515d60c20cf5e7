"""
Hidden states
=============

A chain of three states moves unseen, and each step is drawn from the law of its state. What does a fit find out about the states, and how sure is it?
"""

# %%
# Sixty steps of a chain that stays where it is for a while. The points are what is seen.
import matplotlib.pyplot as plt
import numpy as np

import statsim as ss
from statsim.models.hmm.emissions import Gaussian

truth = ss.HiddenMarkovModel.from_parameters(
    transmat=[[0.95, 0.04, 0.01], [0.05, 0.9, 0.05], [0.02, 0.08, 0.9]],
    emission=Gaussian("diag", means=[[0.0], [2.5], [5.0]], covariances=[[0.6], [0.6], [0.6]]),
)
X, states = truth.sample(160, rng=2, return_latent=True)

# %%
# A model is learnt from other sequences of the same chain, and then asked about this one.
learnt = ss.HiddenMarkovModel(3, emission=Gaussian("diag"), method=ss.MLE(n_init=8), rng=0).fit(truth.sample(200, n_sequences=10, rng=3))
posterior = learnt.predict_proba(X)
path = learnt.predict(X)
print(f"the most probable path is right at {np.mean(path == states):.0%} of the steps")

# %%
# Above: the steps, with the mean of the most probable state. Below: how probable each state is, given the whole sequence. Where the
# bands mix, the sequence does not tell.
colours = ("#0072b2", "#d55e00", "#009e73")
figure, (upper, lower) = plt.subplots(2, 1, figsize=(8, 4.6), sharex=True, height_ratios=(2, 1), layout="constrained")
for j, colour in enumerate(colours):
    upper.plot(np.flatnonzero(states == j), X[states == j, 0], ".", color=colour, label=f"state {j}")
upper.step(np.arange(len(X)), learnt.emission_.means[path, 0], where="mid", color="0.3", linewidth=1, label="mean of the path found")
upper.legend(loc="upper right", ncols=4, fontsize=8)
upper.set_ylabel("what is seen")
lower.stackplot(np.arange(len(X)), posterior.T, colors=colours, alpha=0.8, step="mid")
lower.set(xlabel="step", ylabel="probability", ylim=(0, 1), xlim=(0, len(X) - 1))
plt.show()
