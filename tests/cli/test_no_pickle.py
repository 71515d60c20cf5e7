"""No command unpickles anything it reads."""

import pickle
import sys

import pytest

import statsim as ss


@pytest.fixture
def no_pickle(monkeypatch):
    """Make `pickle` raise for everybody but Numba, whose own code cache lies in a private folder."""

    def guarded(original):
        def call(*args, **kwargs):
            caller = sys._getframe(1).f_globals.get("__name__", "")
            if caller.partition(".")[0] != "numba":
                raise AssertionError(f"{caller} unpickles")
            return original(*args, **kwargs)

        return call

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, guarded(getattr(pickle, name)))


def test_the_guard_guards(no_pickle):
    with pytest.raises(AssertionError, match="unpickles"):
        pickle.loads(pickle.dumps(1))


def test_load_and_every_command_read_without_pickle(no_pickle, statsim, people_csv, people_model, tmp_path):
    ss.load(people_model[0])
    rows = tmp_path / "rows.arrow"
    for args in (
        ("fit", people_csv, "-o", tmp_path / "m.json", "--components", 1),
        ("sample", people_model[0], "-n", 500, "--seed", 1, "-o", rows),
        ("inspect", people_model[0]),
        ("report", people_csv, rows, "-o", tmp_path / "r.html"),
        ("models",),
    ):
        done = statsim(*args)
        assert done.code == 0, done


def test_a_pickle_is_refused_as_model_and_as_data(statsim, tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps({"statsim": 1}))
    assert statsim("inspect", path).code == 5
    assert statsim("fit", path, "-o", tmp_path / "m.json").code == 4
