"""A reference posterior: its target, and what the posterior database says about it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parents[2] / "data" / "posteriordb"


def load(name):
    """The record of posterior `name`; lists of its data become float arrays."""
    record = json.loads((DATA / f"{name}.json").read_text())
    record["data"] = {key: np.array(value, float) if isinstance(value, list) else value for key, value in record["data"].items()}
    return record


@dataclass(frozen=True)
class Posterior:
    """`target` with coordinates in the order of the record's parameters; `report` maps draws (..., dim) to what the reference reports."""

    record: dict
    target: Any
    report: Callable = lambda values: values
    extra: Callable = lambda x: []

    @cached_property
    def points(self):
        """The points (5, dim) at which the log density is stated; `extra` gives coordinates of the target that the record has not."""
        names = [parameter["name"] for parameter in self.record["parameters"]]
        rows = [np.concatenate([np.ravel(at[name]) for name in names]) for at in self.record["points"]["at"]]
        return np.array([np.concatenate([row, self.extra(row)]) for row in rows])

    @property
    def log_densities(self):
        """The stated log density (5,) at `points`."""
        return np.array(self.record["points"]["log_density_stan"])

    def reference(self, name):
        """Column `name` of the reference summary, over the reported quantities (k,)."""
        return np.array([self.record["summary"][key][name] for key in self.record["reference_names"]])
