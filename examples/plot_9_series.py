"""
A series with a gap, and what comes next
========================================

A hidden level moves in small steps and is seen through noise; for a while nobody looked. The Kalman smoother says what the level was, with
honest bands, and draws whole paths that it may have taken. An autoregression then says what comes next, in draws and in bands.
"""

# %%
# The local level model, with sixty values lost. `missing="mar"` takes NaN as a value missing at random. The two variances are
# learned from what is left by EM, whose objective never falls.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss

truth = ss.StateSpace.from_parameters(
    transition=[[1.0]],
    observation=[[1.0]],
    state_covariance=[[0.05]],
    observation_covariance=[[1.0]],
    initial_mean=[0.0],
    initial_covariance=[[1.0]],
)
values, level = truth.sample(240, rng=3, return_latent=True)
seen = values.copy()
seen[110:170] = np.nan

variances = ("state_covariance", "observation_covariance")
model = ss.StateSpace(start=truth, estimate=variances, missing="mar").fit(seen)
print(f"variance of a step {model.state_covariance_[0, 0]:.3f}, of the noise {model.observation_covariance_[0, 0]:.3f}")

smoothed = model.smoothed_states(seen)
paths = model.sample_states(seen, 12, rng=1)[..., 0]
mean, spread = smoothed.mean[:, 0], np.sqrt(smoothed.covariance[:, 0, 0])

# %%
# An AR(2) that swings, fitted by its exact likelihood to 160 values. The draws of `given(history)` are exact: their law is the band's.

swing = ss.AutoRegression.from_parameters(coefficients=[1.6, -0.85], intercept=0.5, noise_variance=1.0)
x = swing.sample(220, rng=4)
history, later = x[:160], x[160:]
fitted = ss.AutoRegression(2).fit(history)
forecast = fitted.forecast(history, 60)
low, high = forecast.interval(0.9)
futures = fitted.given(history).sample(60, n_sequences=12, rng=2)
print(f"coefficients {fitted.coefficients_.round(2)}, root of size {abs(fitted.roots_[0]):.2f}")

# %%
# Left: within the gap the paths of the level spread and come together again; a path drawn at each step alone could not do that. Right: the
# forecast's swing fades, while every single draw goes on swinging.

figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
t = np.arange(240)
axes[0].plot(t, seen[:, 0], ".", ms=3, color="0.6", label="seen")
axes[0].fill_between(t, mean - 1.645 * spread, mean + 1.645 * spread, color="C0", alpha=0.25, lw=0, label="90 % band of the level")
axes[0].plot(t, paths.T, color="C0", lw=0.5, alpha=0.6)
axes[0].plot(t, level[:, 0], color="C3", lw=1.5, label="the level itself")
axes[0].set(title="what was the level?", xlabel="step")
axes[0].legend(loc="lower left", fontsize=8)

past, future = np.arange(100, 160), np.arange(160, 220)
axes[1].plot(past, history[100:, 0], color="0.4")
axes[1].fill_between(future, low[:, 0], high[:, 0], color="C1", alpha=0.3, lw=0, label="90 % band")
axes[1].plot(future, np.array(futures)[:, :, 0].T, color="C1", lw=0.5, alpha=0.6)
axes[1].plot(future, forecast.mean[:, 0], color="C1", lw=2, label="mean")
axes[1].plot(future, later[:, 0], color="C3", lw=1.5, label="what came")
axes[1].set(title="what comes next?", xlabel="step", ylim=(-15, 17))
axes[1].legend(loc="lower left", ncols=3, fontsize=8)
plt.show()
