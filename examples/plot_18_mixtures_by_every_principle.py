"""
How many groups, and how sure
=============================

A Dirichlet process mixture of 200 rows: the predictive density with its uncertainty, and the posterior of the number of groups.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss
from statsim import priors

rng = np.random.default_rng(3)
X = np.concatenate([rng.normal(-3, 0.6, 60), rng.normal(0, 1.0, 90), rng.normal(4, 1.5, 50)])[:, None]

prior = priors.DirichletProcess(0.5)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the number of groups mixes slowly; 4 chains of 3000 sweeps are enough for a picture
    model = ss.GaussianMixture(15, method=ss.Bayes(prior=prior, draws=3000), rng=0).fit(X)

# %%
# Each draw of the posterior is a mixture; a thin line is the density of one draw, the thick line their mean.

grid = np.linspace(-6, 9, 400)[:, None]
weights, means = model.posterior_["weights"].reshape(-1, 15), model.posterior_["means"].reshape(-1, 15)
variances = model.posterior_["covariances"].reshape(-1, 15)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), width_ratios=[2, 1], layout="constrained")
left.hist(X[:, 0], bins=40, density=True, color="#d9dde3")
for t in range(0, len(weights), 300):
    one = ss.GaussianMixture.from_parameters(weights=weights[t], means=means[t][:, None], covariances=variances[t], covariance_type="spherical")
    left.plot(grid, np.exp(one.score_samples(grid)), color="#4c78a8", alpha=0.25, lw=0.8)
left.plot(grid, np.exp(model.score_samples(grid)), color="#1b3a5c", lw=2.2, label="predictive density")
left.set(xlabel="x", ylabel="density", title="Draws of the density")
left.legend(frameon=False)

# %%
# The sampler reports how many components are occupied in each draw.

numbers = model.posterior_.stats["n_occupied"].ravel()
share = np.bincount(numbers, minlength=11)[:11] / len(numbers)
right.bar(np.arange(11), share, color="#4c78a8")
right.set(xlabel="groups", ylabel="posterior probability", title="How many groups")
plt.show()
