"""The Python of the guide's page on random graphs runs, with warnings as errors."""

import subprocess
import sys
from pathlib import Path

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "graphs.md"


def test_the_page_runs(tmp_path):
    blocks = [part.split("```")[0] for part in GUIDE.read_text().split("```python\n")[1:]]
    assert len(blocks) >= 5
    script = tmp_path / "graphs.py"
    script.write_text("\n".join(blocks))
    done = subprocess.run([sys.executable, "-W", "error", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
