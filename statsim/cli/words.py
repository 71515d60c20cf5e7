"""A model in words: what it models and what sets its components apart."""

from dataclasses import dataclass

from statsim.cli import show


@dataclass(frozen=True)
class Description:
    """The same facts as JSON values and as lines of text."""

    document: object
    lines: list


def describe(model):
    """Description of a model: its own where it has one, else its components."""
    if hasattr(model, "describe"):
        described = model.describe()
        return Description(described.to_document(), ["", *str(described).splitlines()])
    if hasattr(model, "weights_") and hasattr(model, "means_"):
        return _mixture(model)
    if hasattr(model, "transmat_") and hasattr(model, "emission_"):
        return _hidden_chain(model)
    return Description(None, [])


def column_names(model):
    """Names of the columns of a model of arrays: those it was fitted with, else x0, x1, ..."""
    names = getattr(model, "feature_names_in_", None)
    return [f"x{j}" for j in range(model.n_features_in_)] if names is None else [str(name) for name in names]


def _mixture(model):
    names = column_names(model)
    components = [
        {"weight": float(weight), "means": dict(zip(names, map(float, mean), strict=True))}
        for weight, mean in zip(model.weights_, model.means_, strict=True)
    ]
    rows = [(k + 1, f"{item['weight']:.1%}", *map(show.number, item["means"].values())) for k, item in enumerate(components)]
    lines = ["", f"components  {len(components)}, {model.covariance_type} covariance; mean of each column"]
    document = {"columns": names, "covariance_type": model.covariance_type, "components": components}
    return Description(document, [*lines, *show.table(("", "weight", *names), rows, indent="  ")])


def _hidden_chain(model):
    names, k = column_names(model), len(model.transmat_)
    states = [
        {
            "start": float(model.startprob_[i]),
            "stays": float(model.transmat_[i, i]),
            "next": int(max((j for j in range(k) if j != i), key=lambda j: model.transmat_[i, j], default=i)),
            "means": dict(zip(names, map(float, mean), strict=True)),
        }
        for i, mean in enumerate(model.emission_.mean())
    ]
    rows = [
        (i, f"{item['start']:.1%}", f"{item['stays']:.1%}", item["next"], *map(show.number, item["means"].values())) for i, item in enumerate(states)
    ]
    lines = ["", f"states  {k}, {model.emission_.name} emissions; mean of each column"]
    document = {"columns": names, "emission": model.emission_.name, "states": states, "transmat": model.transmat_.tolist()}
    return Description(document, [*lines, *show.table(("", "start", "stays", "most often next", *names), rows, indent="  ")])
