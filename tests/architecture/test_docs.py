"""The documentation builds without a warning and without a network; building it runs every example."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILT = ("_build", "gallery", "generated", "sg_execution_times.rst")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Output of the build, and the folder with the pages; made from a copy, so that the checkout stays clean."""
    copy = tmp_path_factory.mktemp("docs")
    for folder in ("docs", "examples"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns(*BUILT))
    (copy / "tests" / "golden").mkdir(parents=True)
    for page in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "tests/golden/golden.json"):
        shutil.copy(ROOT / page, copy / page)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", "html"]
    environment = {**os.environ, "MPLBACKEND": "agg"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    return done, copy / "html"


def test_build_has_no_warning(built):
    done, _ = built
    assert done.returncode == 0, done.stderr[-5000:]


def test_every_example_has_a_page_with_its_picture(built):
    _, pages = built
    examples = sorted(ROOT.glob("examples/plot_*.py"))
    assert len(examples) >= 5
    for example in examples:
        assert (pages / "gallery" / f"{example.stem}.html").exists(), example.name
        assert list((pages / "_images").glob(f"sphx_glr_{example.stem}_*")), example.name


def test_pages_load_nothing_but_the_formula_renderer_from_elsewhere(built):
    _, pages = built
    for page in pages.glob("guide/*.html"):
        sources = [part.split('"')[0] for part in page.read_text().split('src="')[1:]]
        assert [source for source in sources if source.startswith("http") and "mathjax" not in source.lower()] == [], page.name
