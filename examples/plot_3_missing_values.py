"""
Learn from rows with holes
==========================

With ``missing="mar"`` every row counts with the columns it has. Dropping incomplete rows, or filling them with column means, does worse.
"""

# %%
# Two correlated groups. The second column is lost more often where the first is large: missing at random, not completely at random.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss

truth = ss.GaussianMixture.from_parameters(
    weights=[0.6, 0.4], means=[[0, 0], [3, 3]], covariances=[[[1, 0.8], [0.8, 1]], [[1, -0.5], [-0.5, 1]]]
)
X = truth.sample(3_000, rng=1)
lost = np.random.default_rng(2).random(len(X)) < 1 / (1 + np.exp(2 - X[:, 0]))
holed = X.copy()
holed[lost, 1] = np.nan
print(f"{lost.mean():.0%} of the rows have lost their second value")

# %%
# Three ways to treat the holes.

filled = np.where(np.isnan(holed), np.nanmean(holed, axis=0), holed)
fits = {
    "all rows, missing='mar'": ss.GaussianMixture(2, missing="mar", rng=0).fit(holed),
    "complete rows only": ss.GaussianMixture(2, rng=0).fit(holed[~lost]),
    "column means filled in": ss.GaussianMixture(2, rng=0).fit(filled),
}
fresh = truth.sample(20_000, rng=3)
for name, model in fits.items():
    print(f"{name:24}  mean log density of fresh rows {model.score(fresh):7.3f}   (truth {truth.score(fresh):.3f})")

# %%
# Rows drawn from each fit.

figure, panels = plt.subplots(1, 4, figsize=(12, 3.2), sharex=True, sharey=True, layout="constrained")
panels[0].scatter(*X.T, s=2, color="grey")
panels[0].set_title("before the loss")
for panel, (name, model) in zip(panels[1:], fits.items(), strict=True):
    panel.scatter(*model.sample(3_000, rng=7).T, s=2)
    panel.set_title(name)
plt.show()
