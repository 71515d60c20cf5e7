"""
Priors for a vector autoregression
==================================

Four columns and four lags are 68 coefficients, and seventy steps hardly know them. Least squares believes the noise; the Minnesota prior
does not, and how strongly it should not is told by the evidence, which has a closed form.
"""

# %%
# Each column follows its own past, and the first drives the others a little. The posterior is drawn exactly; the evidence is compared over the
# tightness of the prior.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss
from statsim import priors

A = 0.7 * np.eye(4)
A[1:, 0] = 0.25
truth = ss.VectorAutoRegression.from_parameters(coefficients=[A], noise_covariance=0.5 * np.eye(4) + 0.5)
x = truth.sample(86, rng=4)
seen, later = x[:70], x[70:]

tightness = np.geomspace(0.02, 3.0, 16)
evidence = []
for value in tightness:
    prior = priors.Minnesota(tightness=value, own_first_lag=0.7)
    evidence.append(ss.VectorAutoRegression(method=ss.Bayes(prior=prior)).log_evidences(seen, (4,))[4])
best = float(tightness[np.argmax(evidence)])
print(f"the evidence is highest at a tightness of {best:.2f}")

# %%
# The forecasts of least squares and of the posterior. Every future of the posterior is drawn under a draw of the coefficients.

plain = ss.VectorAutoRegression(4, method="ols").fit(seen)
bayes = ss.VectorAutoRegression(4, method=ss.Bayes(prior=priors.Minnesota(tightness=best, own_first_lag=0.7)), rng=0).fit(seen)
futures = np.array(bayes.given(seen).sample(16, n_sequences=2000, rng=1))

figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
axes[0].semilogx(tightness, evidence, "o-", ms=4)
axes[0].axvline(best, color="0.7", lw=1)
axes[0].set(title="how tight?", xlabel="tightness of the prior", ylabel="log evidence")

true = np.concatenate([A.ravel(), np.zeros(48)])
for model, label, colour in ((plain, "least squares", "C3"), (bayes, "Minnesota", "C0")):
    axes[1].plot(true, model.coefficients_.ravel(), "o", ms=4, alpha=0.6, color=colour, label=label)
axes[1].plot([-0.3, 0.9], [-0.3, 0.9], color="0.7", lw=1)
axes[1].set(title="68 coefficients", xlabel="true", ylabel="found")
axes[1].legend(fontsize=8)

steps = np.arange(70, 86)
low, middle, high = np.quantile(futures[:, :, 1], (0.05, 0.5, 0.95), axis=0)
axes[2].plot(np.arange(40, 70), seen[40:, 1], color="0.4")
axes[2].fill_between(steps, low, high, color="C0", alpha=0.25, lw=0, label="90 % of the futures")
axes[2].plot(steps, middle, color="C0", lw=2, label="their median")
axes[2].plot(steps, plain.forecast(seen, 16).mean[:, 1], color="C3", lw=1.5, ls="--", label="least squares")
axes[2].plot(steps, later[:, 1], color="k", lw=1.2, label="what came")
axes[2].set(title="what comes next", xlabel="step")
axes[2].legend(fontsize=8, loc="lower left")
plt.show()
