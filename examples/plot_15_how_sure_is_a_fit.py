"""
How sure is a fit
=================

Intervals of the spread of a normal law from twenty rows: by the curvature of the likelihood, by its shape, and by fits to rows drawn again.
"""

# %%
# Forty data sets with a true scale of 2. Wald intervals are even on the logarithmic scale; those of the profile follow the likelihood, and reach further up,
# where few rows cannot rule large scales out.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss

truth = ss.Normal.from_parameters(loc=0.0, scale=2.0)
samples = [truth.sample(20, rng=seed) for seed in range(40)]
fits = [ss.Normal().fit(X) for X in samples]
found = {
    method: np.array([ss.intervals(model, X, method=method, names="scale")["scale"] for model, X in zip(fits, samples, strict=True)])
    for method in ("wald", "profile")
}

# %%
# The same for one of them by a bootstrap, with the Monte Carlo errors of its ends.

X = truth.sample(60, rng=7)
model = ss.Normal().fit(X)
bootstrap = ss.intervals(model, X, method=ss.Bootstrap(replications=1000), rng=0)
print(ss.standard_errors(model, X))
print(bootstrap)

# %%
# Orange intervals miss the truth: one in ten should, a few more with so few rows, whose likelihood peaks too low on average.

figure, panels = plt.subplots(1, 3, figsize=(12, 4.6), layout="constrained")
for axes, (method, ends) in zip(panels[:2], found.items(), strict=True):
    missed = (ends[:, 0] > 2.0) | (ends[:, 1] < 2.0)
    for place, (low, high) in enumerate(ends):
        axes.plot([low, high], [place, place], color="#D55E00" if missed[place] else "#0072B2", linewidth=2)
        axes.plot(fits[place].scale_, place, ".", color="#333333", markersize=3)
    axes.axvline(2.0, color="#333333", linewidth=0.8)
    axes.set_title(f"{method}: {missed.sum()} of 40 miss")
    axes.set_xlabel("scale")
    axes.set_xlim(0.5, 5.0)
    axes.set_yticks([])
panels[2].hist(bootstrap.replications[:, 1], bins=40, color="#56B4E9", alpha=0.7)
for end, error in zip(bootstrap["scale"], (bootstrap.low_error[1], bootstrap.high_error[1]), strict=True):
    panels[2].axvline(end, color="#D55E00")
    panels[2].axvspan(end - 2 * error, end + 2 * error, color="#D55E00", alpha=0.2, linewidth=0)
panels[2].axvline(model.scale_, color="#333333", linewidth=0.8)
panels[2].set_title("bootstrap: BCa ends and their errors")
panels[2].set_xlabel("scale of a replication")
panels[2].set_yticks([])
for axes in panels:
    axes.spines[["top", "right", "left"]].set_visible(False)
plt.show()
