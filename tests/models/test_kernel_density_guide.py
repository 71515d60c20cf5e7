"""The Python of the guide's page on kernel density estimates runs, with warnings as errors."""

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "kernel_density.md"


def test_the_examples_run(tmp_path):
    parts = PAGE.read_text().split("```python\n")[1:]
    script = tmp_path / "page.py"
    script.write_text("\n".join(part.split("```")[0] for part in parts))
    done = subprocess.run([sys.executable, "-W", "error", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
