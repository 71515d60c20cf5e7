"""
A density without a formula
===========================

A kernel estimate puts a small bump about each row. How wide the bumps are decides everything, and bounds need care.
"""

# %%
# Two narrow peaks beside a broad one: a rule made for a normal law smooths them away, a selector that looks at the data does not.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss
from statsim.models.kde.columns import Circular

rng = np.random.default_rng(1)
peaks = np.concatenate([rng.normal(0, 1.5, 1_200), rng.normal(3, 0.15, 500), rng.normal(4, 0.1, 300)])[:, None]
figure, axes = plt.subplots(2, 2, figsize=(9, 6.4), layout="constrained")
for selector in ("silverman", "isj"):
    model = ss.KernelDensity(selector).fit(peaks)
    (x,), density = model.on_grid(800)
    axes[0, 0].plot(x, density, label=f"{selector}: {model.bandwidth_[0]:.3f}")
axes[0, 0].hist(peaks[:, 0], bins=120, density=True, color="gainsboro")
axes[0, 0].set(title="the bandwidth", yticks=[])
axes[0, 0].legend(frameon=False)

# %%
# Waiting times begin at zero. A kernel that does not know this spills over the bound.

times = rng.exponential(size=(800, 1))
x = np.linspace(-0.6, 4, 500)
for label, support in (("no bound", None), ("reflected at 0", {0: (0.0, None)})):
    model = ss.KernelDensity("isj", support=support).fit(times)
    axes[0, 1].plot(x, np.exp(model.score_samples(x[:, None])), label=label)
axes[0, 1].plot(x, np.where(x >= 0, np.exp(-x), np.nan), color="black", linewidth=0.8, linestyle="--", label="the truth")
axes[0, 1].set(title="a bound", yticks=[])
axes[0, 1].legend(frameon=False)

# %%
# Directions of the wind and its speed: 359 degrees is next to 1, and speed is not negative.

turn = rng.random(2_000) < 0.6
wind = np.column_stack([np.where(turn, rng.normal(5, 25, 2_000), rng.normal(200, 30, 2_000)) % 360, rng.gamma(np.where(turn, 6, 2), 1.0)])
model = ss.KernelDensity("silverman", support={0: Circular(0.0, 360.0), 1: (0.0, None)}).fit(wind)
(angle, speed), density = model.on_grid((180, 120), bounds={1: (0.0, 14.0)})
axes[1, 0].contourf(angle, speed, density.T, levels=12, cmap="Blues")
axes[1, 0].set(title="a circle and a bound", xlabel="direction", ylabel="speed", xticks=[0, 90, 180, 270, 360])

# %%
# The model holds its rows, and a file of it would. The private form holds means of at least 20 rows instead, with the same mean and variance.

private = model.private(min_count=20)
print(f"{len(model.rows_)} rows, {len(private.rows_)} means; standard deviation of the speed {model.sample(10**5, rng=1)[:, 1].std():.3f} and {private.sample(10**5, rng=1)[:, 1].std():.3f}")
axes[1, 1].scatter(*wind.T, s=2, color="silver", label="rows")
axes[1, 1].scatter(*private.rows_.T, s=12, color="tab:red", label="means of 20 rows or more")
axes[1, 1].set(title="the private form", xlabel="direction", ylim=(0, 14), xticks=[0, 90, 180, 270, 360])
axes[1, 1].legend(frameon=False, loc="upper right")
plt.show()
