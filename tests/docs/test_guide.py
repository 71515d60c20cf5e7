"""The Python of the guide's pages on samplers and models runs, page by page, with warnings as errors."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGES = [
    *sorted((GUIDE / "samplers").glob("*.md")),
    *(GUIDE / f"{name}.md" for name in ("estimators", "hidden_markov", "hidden_semi_markov", "fitting_targets", "larger_than_memory", "laws", "mixtures", "regression", "selection", "uncertainty")),
]


def code(page):
    """The Python blocks of a page, one after another."""
    parts = page.read_text().split("```python\n")[1:]
    return "\n".join(part.split("```")[0] for part in parts)


@pytest.mark.parametrize("page", [page for page in PAGES if code(page)], ids=lambda page: page.stem)
def test_the_examples_run(page, tmp_path):
    script = tmp_path / f"{page.stem}.py"
    script.write_text(code(page))
    done = subprocess.run([sys.executable, "-W", "error", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
