"""
How many components
===================

Criteria answer different questions. BIC asks how many normal laws describe the density, ICL how many clusters there are, and cross-validation which model
predicts new rows best. On data whose clusters are not normal they need not agree.
"""

# %%
# Three clusters: a round one, and two crosses that no single normal law describes.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss

rng = np.random.default_rng(2)


def arm(n, centre, long, short):
    """Rows of a normal law stretched along the diagonal (short < 0: along the other one)."""
    along, across = long * rng.normal(size=n), abs(short) * rng.normal(size=n)
    return np.column_stack([along + across, np.sign(short) * (along - across)]) / np.sqrt(2) + centre


crosses = [arm(150, centre, 1.9, short) for centre in ([0.0, 0.0], [9.0, 1.0]) for short in (0.65, -0.65)]
X = np.concatenate([*crosses, [4.5, 6.0] + 0.7 * rng.normal(size=(120, 2))])

family = ss.GaussianMixture(method=ss.MLE(n_init=6))
found = {name: ss.select(family, X, n_components=range(1, 9), criterion=name) for name in ("bic", "icl")}
print(found["icl"])

# %%
# Left: the components that each criterion takes. Right: how far each number of components lies from the best one, with two standard errors of the
# paired differences of the rows.

figure, panels = plt.subplots(1, 3, figsize=(12, 4), layout="constrained", width_ratios=(1, 1, 1.2))
turn = np.linspace(0, 2 * np.pi, 100)
circle = 2 * np.column_stack([np.cos(turn), np.sin(turn)])
for axes, (name, selection) in zip(panels[:2], found.items(), strict=True):
    model = selection.model
    axes.scatter(*X.T, c=model.predict(X), cmap="tab10", vmin=0, vmax=9, s=6, alpha=0.6)
    for mean, covariance in zip(model.means_, model.covariances_, strict=True):
        axes.plot(*(mean + circle @ np.linalg.cholesky(covariance).T).T, color="#333333", linewidth=1.2)
    axes.set_title(f"{name.upper()}: {model.n_components} components")
    axes.set_aspect("equal")
    axes.set_axis_off()
for (name, selection), colour in zip(found.items(), ("#0072B2", "#D55E00"), strict=True):
    rows = sorted(selection.table.rows(), key=lambda row: row["model"])
    k = [selection.settings[row["model"]]["n_components"] for row in rows]
    y, error = (np.array([row[column] for row in rows]) for column in ("difference", "difference_error"))
    panels[2].plot(k, y, "o-", color=colour, label=name.upper(), markersize=4)
    panels[2].fill_between(k, y - 2 * error, y + 2 * error, color=colour, alpha=0.15, linewidth=0)
    panels[2].plot(selection.best["n_components"], 0, "o", markersize=11, fillstyle="none", color=colour)
panels[2].set_ylim(-40, 400)
panels[2].set_xlabel("components")
panels[2].set_ylabel("distance from the best")
panels[2].spines[["top", "right"]].set_visible(False)
panels[2].legend(frameon=False)
plt.show()
