"""
Which statistic sees which broken sampler?
==========================================

A test of the distribution function alone lets most broken normal samplers pass. `assert_normal` shares its false-alarm rate
among ten statistics; here is what each of them says about seven samplers, all but one broken on purpose.
"""

# %%
# The samplers, each as it goes wrong in real code.

import matplotlib.pyplot as plt
import numpy as np

from statsim import testing

n = 200_000
rng = np.random.default_rng(7)
z = rng.standard_normal(n)

samplers = {
    "correct": z,
    "tail folded inward": np.where(np.abs(z) > 3.44, np.sign(z) * (6.88 - np.abs(z)), z),
    "sum of 12 uniforms": rng.random((12, n)).sum(axis=0) - 6,
    "rounded to 2^-13": np.round(z * 2**13) / 2**13,
    "20 draws repeated": np.concatenate([z[:-20], z[:20]]),
    "variance 4 % large": 1.02 * z,
    "serial correlation 0.03": np.sqrt(1 - 0.03**2) * z + 0.03 * np.roll(z, 1),
}

# %%
# A verdict holds the p-value of each part. A failure raises, and the exception carries the same verdict.


def judge(sample):
    try:
        return testing.assert_normal(sample)
    except testing.StatisticalAssertionError as error:
        return error.verdict


verdicts = [judge(sample) for sample in samplers.values()]
for name, verdict in zip(samplers, verdicts, strict=True):
    print(f"{name:>24}: {'passes' if verdict.passed else 'rejected by ' + verdict.law.split('; ')[1].split(':')[0]}")

# %%
# Each part is there for an error that the others miss; the distribution function (`cdf`) alone finds none of these.

parts = [part.law.split(":")[0] for part in verdicts[0].parts]
strength = [[-np.log10(max(part.p_value, 1e-300)) for part in verdict.parts] for verdict in verdicts]

figure, panel = plt.subplots(figsize=(7.5, 3.8), layout="constrained")
image = panel.imshow(np.minimum(strength, 16), cmap="Blues", aspect="auto", vmin=0, vmax=16)
panel.set_xticks(range(len(parts)), parts, rotation=35, ha="right")
panel.set_yticks(range(len(samplers)), samplers)
for row, verdict in enumerate(verdicts):
    for column, part in enumerate(verdict.parts):
        if not part.passed:
            panel.text(column, row, "found", ha="center", va="center", color="white", fontsize=8)
panel.set_title(f"{n:,} draws; one false alarm in ten million", loc="left", fontsize=10)
figure.colorbar(image, label="-log10 of the p-value (cut at 16)")
plt.show()
