"""
Waiting times, some of them cut short
=====================================

Classical laws of one number, fitted to whole and to censored data, and what a posterior predictive law knows that a best fit does not.
"""

# %%
# Lives of ball bearings in millions of turns (Lieblein and Zelen 1956). A test that ends at 70 leaves eight of 23 lives unseen: to take the
# end of the test for the end of a life is far off, to say that they were censored comes closer to what all lives show.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss

BLUE, RED, GREEN = "tab:blue", "tab:red", "tab:green"
lives = np.array([17.88, 28.92, 33.0, 41.52, 42.12, 45.6, 48.4, 51.84, 51.96, 54.12, 55.56, 67.8, 68.64, 68.64, 68.88, 84.12, 93.12, 98.64, 105.12, 105.84, 127.92, 128.04, 173.4])
seen, cut = np.minimum(lives, 70.0), lives > 70.0
fits = {
    "all lives": (ss.Weibull().fit(lives), BLUE),
    "cut at 70, and said so": (ss.Weibull().fit(seen, censoring=np.where(cut, "right", "none")), GREEN),
    "cut at 70, taken for lives": (ss.Weibull().fit(seen), RED),
}
figure, axes = plt.subplots(2, 2, figsize=(9, 6.6), layout="constrained")
x = np.linspace(0.0, 220.0, 400)
for label, (model, colour) in fits.items():
    axes[0, 0].plot(x, 1 - model.cdf(x), color=colour, label=f"{label}: median {model.quantile(0.5):.0f}")
axes[0, 0].step(np.r_[0, lives], np.r_[1, 1 - np.arange(1, 24) / 23], where="post", color="black", linewidth=0.8)
axes[0, 0].axvline(70.0, color="silver", linestyle=":")
axes[0, 0].set(title="censored lives", xlabel="millions of turns", ylabel="share still running")
axes[0, 0].legend(frameon=False, fontsize=8)

# %%
# Which law? The log-likelihoods say little about 23 lives; they part in the far tail.

x = np.linspace(100.0, 400.0, 300)
for kind, colour in ((ss.Weibull, BLUE), (ss.Gamma, GREEN), (ss.LogNormal, RED)):
    model = kind().fit(lives)
    axes[0, 1].semilogy(x, 1 - model.cdf(x), color=colour, label=f"{kind.__name__}: log-likelihood {model.fit_result_.objective:.2f}")
axes[0, 1].set(title="three laws", xlabel="millions of turns", ylabel="share still running", ylim=(1e-7, 1))
axes[0, 1].legend(frameon=False, fontsize=8)

# %%
# Mites on 150 leaves (Bliss and Fisher 1953): their counts vary twice as much as Poisson ones.

mites = np.repeat(np.arange(8), [70, 38, 17, 10, 9, 3, 2, 1])
k = np.arange(8)
axes[1, 0].bar(k, np.bincount(mites), color="gainsboro", label="leaves")
for model, colour, marker in ((ss.Poisson().fit(mites), RED, "x"), (ss.NegativeBinomial().fit(mites), BLUE, "o")):
    axes[1, 0].plot(k, 150 * np.exp(model.score_samples(k)), marker, color=colour, label=type(model).__name__)
axes[1, 0].set(title="counts", xlabel="mites on a leaf")
axes[1, 0].legend(frameon=False)

# %%
# Ten excesses over a threshold: the best fit has one tail, the posterior predictive law averages over all that the data allow.

excesses = ss.GeneralizedPareto.from_parameters(shape=0.25, scale=1.0).sample(10, rng=3)
best = ss.GeneralizedPareto().fit(excesses)
bayes = ss.GeneralizedPareto(method=ss.Bayes(draws=2000), rng=1).fit(excesses)
draws = np.sort(bayes.sample(200_000, rng=2))
axes[1, 1].loglog(draws[::200], 1 - np.arange(0, 200_000, 200) / 200_000, color=BLUE, label="posterior predictive")
x = np.geomspace(0.05, 200, 400)
with np.errstate(divide="ignore"):
    axes[1, 1].loglog(x, 1 - best.cdf(x), color=RED, label=f"best fit, shape {best.shape_:.2f}")
    axes[1, 1].loglog(x, (1 + 0.25 * x) ** -4.0, color="black", linestyle="--", linewidth=0.8, label="the truth, shape 0.25")
axes[1, 1].set(title="the tail of ten excesses", xlabel="excess", ylabel="chance of a larger one", ylim=(1e-4, 1), xlim=(0.05, 200))
axes[1, 1].legend(frameon=False, fontsize=8)
plt.show()
