"""
Regressions that draw
=====================

A regression learned from data is also a generator: features, then a response. What is not known well is drawn with its uncertainty.
"""

# %%
# Counts with an exposure. The data, and pairs drawn from the fit: features from a mixture, counts given them.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss
from statsim import penalties
from statsim.errors import FitError

rng = np.random.default_rng(3)
X = np.concatenate([rng.normal(-1.0, 0.5, 120), rng.normal(1.5, 0.4, 80)])[:, None]
counts = rng.poisson(np.exp(0.8 + 0.7 * X[:, 0]))
model = ss.PoissonRegression(features=ss.GaussianMixture(2, rng=0)).fit(X, counts)
rows, drawn = model.sample(200, rng=7)

figure, axes = plt.subplots(2, 2, figsize=(9, 6.8), layout="constrained")
x = np.linspace(-2.6, 2.8, 200)[:, None]
for place, values, label in ((X, counts, "data"), (rows, drawn, "drawn")):
    axes[0, 0].scatter(place[:, 0], values + rng.uniform(-0.25, 0.25, len(values)), s=9, alpha=0.6, label=label)
axes[0, 0].plot(x[:, 0], model.predict(x), color="black", linewidth=1)
axes[0, 0].set(title="counts: data and draws", xlabel="feature", ylabel="count")
axes[0, 0].legend(frameon=False)

# %%
# Ten rows. Under a posterior, responses are drawn with the doubt about the line; the plug-in law does not know it.

few = np.sort(rng.uniform(-2, 0.5, 10))[:, None]
y = 1.0 + few[:, 0] + rng.normal(0, 0.5, 10)
line = ss.LinearRegression(method="bayes", rng=0).fit(few, y)
grid = np.linspace(-2.5, 4, 60)
for parameters, colour in (("posterior", "tab:blue"), ("mean", "tab:orange")):
    responses = np.array([line.sample_y(np.full((2000, 1), at), rng=1, parameters=parameters) for at in grid])
    low, high = np.quantile(responses, [0.05, 0.95], axis=1)
    axes[0, 1].fill_between(grid, low, high, alpha=0.3, color=colour, label=f"90 % of draws, {parameters}")
axes[0, 1].scatter(few[:, 0], y, s=14, color="black", zorder=3)
axes[0, 1].set(title="ten rows", xlabel="feature")
axes[0, 1].legend(frameon=False, loc="upper left")

# %%
# Separated classes have no maximum of the likelihood, and the message says so. A prior has an answer, and a posterior with it.

z = np.linspace(-2, 2, 14)[:, None]
side = (z[:, 0] > 0.2).astype(int)
try:
    ss.LogisticRegression().fit(z, side)
except FitError as error:
    print(error)
curves = ss.LogisticRegression(method="bayes", rng=0).fit(z, side)
at = np.linspace(-2.3, 2.3, 200)
for slope, start in curves.posterior_.values.reshape(-1, 2)[::80]:
    axes[1, 0].plot(at, 1 / (1 + np.exp(-slope * at - start)), color="tab:blue", alpha=0.15, linewidth=1)
axes[1, 0].plot(at, curves.predict_proba(at[:, None])[:, 1], color="black")
axes[1, 0].scatter(z[:, 0], side, s=14, color="black", zorder=3)
axes[1, 0].set(title="separated classes: the posterior", xlabel="feature", ylabel="chance")

# %%
# A lasso lets go of columns one by one.

wide = rng.normal(size=(80, 12))
response = wide[:, :4] @ [2.0, -1.5, 1.0, 0.5] + rng.normal(size=80)
strengths = np.geomspace(2.5, 0.01, 40)
path = [ss.LinearRegression(method=ss.MAP(penalty=penalties.Lasso(strength))).fit(wide, response).coefficients_ for strength in strengths]
axes[1, 1].semilogx(strengths, path, linewidth=1.2)
axes[1, 1].set(title="the path of a lasso", xlabel="strength", ylabel="coefficients")
plt.show()
