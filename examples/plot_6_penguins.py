"""
344 penguins, and as many more as you like
==========================================

A table with numbers, categories and holes: fit it, draw rows, condition on anything, see how close the rows come.
"""

# %%
# The Palmer penguins (Gorman, Williams, Fraser 2014; CC0), and a model of them. The number of components is chosen by BIC.

import matplotlib.pyplot as plt

import statsim as ss
from statsim.data import load_penguins

penguins = load_penguins()
model = ss.Synthesizer(rng=0).fit(penguins)
rows = model.sample(1_000, rng=7)
print(model.describe())

# %%
# Real birds and synthetic ones.

colours = {"Adelie": "darkorange", "Chinstrap": "rebeccapurple", "Gentoo": "teal"}
figure, panels = plt.subplots(1, 2, figsize=(9, 3.9), sharex=True, sharey=True, layout="constrained")
for panel, table, title in zip(panels, (penguins, rows), ("344 real penguins", "1,000 synthetic penguins"), strict=True):
    frame = table.to_pandas()
    for species, colour in colours.items():
        birds = frame[frame["species"] == species]
        panel.scatter(birds["bill_length_mm"], birds["bill_depth_mm"], s=9, alpha=0.6, color=colour, label=species)
    panel.set(title=title, xlabel="bill length (mm)")
panels[0].set_ylabel("bill depth (mm)")
panels[0].legend(frameon=False)
plt.show()

# %%
# What if? Exact conditional rows, all columns included: birds of 5 kg from Biscoe whose sex was not noted.

print(model.given({"island": "Biscoe", "body_mass_g": 5_000, "sex": None}).sample(5, rng=1).to_pandas())

# %%
# How close do they come? What is not right comes first; an empty list means that nothing was found.

fidelity = ss.metrics.compare_tables(penguins, rows)
print(fidelity.what_is_wrong())
print(fidelity.marginal_score, fidelity.pair_score, sep="\n")
