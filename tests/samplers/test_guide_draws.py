"""The page on draws runs as it stands."""

import re
from pathlib import Path

import numpy as np

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "samplers" / "draws.md"


def test_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL))
    names = {}
    exec(compile(source, str(PAGE), "exec"), names)
    np.testing.assert_array_equal(names["again"].values.shape, (4, 2000, 2))
    assert (tmp_path / "run-1" / "manifest.json").exists()
