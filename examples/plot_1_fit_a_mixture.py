"""
Fit a mixture and draw from it
==============================

The default fit makes many short runs of EM, polishes the best, and says how many of its starts agreed.
"""

# %%
# Some data with three groups, drawn from a mixture that we know.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss

truth = ss.GaussianMixture.from_parameters(
    weights=[0.5, 0.3, 0.2],
    means=[[0, 0], [4, 1], [1, 4]],
    covariances=[[[1, 0.6], [0.6, 1]], [[0.4, -0.2], [-0.2, 0.8]], [[0.5, 0], [0, 0.2]]],
)
X = truth.sample(1_500, rng=1)

# %%
# The fit, and its account of itself.

model = ss.GaussianMixture(3, rng=0).fit(X)
result = model.fit_result_
print(f"{result.n_agreed} of {result.n_starts} starts agreed, {result.n_spurious} were spurious, converged: {result.converged}")
print(f"mean log density: {model.score(X):.4f} fitted, {truth.score(X):.4f} true")

# %%
# The number of components by the Bayesian information criterion: lower is better.

criterion = {k: ss.GaussianMixture(k, rng=0).fit(X).bic(X) for k in (1, 2, 3, 4, 5)}
print({k: round(value, 1) for k, value in criterion.items()}, "-> best:", min(criterion, key=criterion.get))

# %%
# Data, and as many rows drawn from the fit.

axis = np.linspace(-4, 7, 120)
grid = np.stack(np.meshgrid(axis, axis), axis=-1)
log_density = model.score_samples(grid.reshape(-1, 2)).reshape(grid.shape[:2])

figure, panels = plt.subplots(1, 2, figsize=(9, 4.2), sharex=True, sharey=True, layout="constrained")
for panel, rows, title in zip(panels, (X, model.sample(1_500, rng=7)), ("data", "model.sample(1_500, rng=7)"), strict=True):
    panel.contour(axis, axis, log_density, levels=np.arange(-8, -1), cmap="Greys", linewidths=0.8)
    panel.scatter(*rows.T, s=4, alpha=0.6, c=model.predict(rows), cmap="viridis")
    panel.set_title(title)
plt.show()
