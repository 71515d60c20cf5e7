"""The page: says what is wrong first, holds no foreign code or link, appears whole, survives odd tables."""

import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from statsim.errors import DataError, OutputError
from statsim.report import write_report
from statsim.report.histograms import bins, histogram

VOID = {"meta", "br", "hr", "img", "input", "link"}
SELF_CLOSING = {"rect", "line", "path", "circle"}


class Page(HTMLParser):
    """Elements with attributes, text, and whether every tag closes."""

    def __init__(self, source):
        super().__init__()
        self.open, self.elements, self.texts = [], [], []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data.strip())


def table(seed, n):
    g = np.random.default_rng([51, seed, n])
    x = g.normal(50, 10, n).round(1)
    kind = np.where(x + 5 * g.normal(size=n) > 50, "large", "small")
    frame = pd.DataFrame({"x": x, "y": (2 * x + 8 * g.normal(size=n)).round(1), "kind": kind, "count": g.poisson(3, n)})
    frame["day"] = pd.Timestamp("2020-03-01") + pd.to_timedelta(g.integers(0, 400, n), unit="D")
    frame.loc[g.random(n) < 0.1, "y"] = np.nan
    return frame


def page_of(tmp_path, real, synthetic, **options):
    path = tmp_path / "report.html"
    fidelity = write_report(real, synthetic, path, force=True, **options)
    source = path.read_text(encoding="utf-8")
    return fidelity, source, Page(source)


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    synthetic = table(2, 2000)
    synthetic["x"] = (synthetic["x"] * 1.5 - 25).round(1)
    return page_of(tmp_path_factory.mktemp("report"), table(1, 400), synthetic)


def test_what_is_wrong_comes_first(broken):
    fidelity, source, _ = broken
    first = fidelity.what_is_wrong()[0]
    assert "x is too wide: standard deviation 1." in " ".join(fidelity.what_is_wrong())
    assert 0 < source.index(first) < source.index("Columns agree") < source.index("Column by column")
    assert "not right." in source


def test_a_perfect_generator_gets_no_list(tmp_path):
    fidelity, source, _ = page_of(tmp_path, table(3, 400), table(4, 2000), error_rate=0.001)
    assert fidelity.what_is_wrong() == []
    assert "No difference was found that chance does not explain." in source
    assert len(fidelity.nearest) == 3 and all(f.sentence in unescape(source) and f.p_value > 1e-5 for f in fidelity.nearest)
    assert "a perfect generator would be accused of anything in at most 0.1% of such reports" in source


def test_every_part_is_there(broken):
    _, source, _ = broken
    for heading in ("Column by column", "How columns hang together", "The most telling numbers", "Whole rows", "Missing values",
                    "Copies of real rows", "What it cannot show", "All scores"):  # fmt: skip
        assert heading in source


def test_the_page_loads_and_runs_nothing(broken):
    _, source, page = broken
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use", "foreignobject"}
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name in ("src", "href", "xlink:href", "action") for name in attributes)
    assert "url(" not in source and "@import" not in source and "http://" not in source and "https://" not in source
    assert any(a.get("http-equiv") == "Content-Security-Policy" and "default-src 'none'" in a["content"] for _, a in page.elements)


def test_every_drawing_says_what_it_shows(broken):
    _, _, page = broken
    drawings = [a for tag, a in page.elements if tag == "svg"]
    assert len(drawings) > 10
    assert all(a["role"] == "img" and len(a["aria-label"]) > 15 for a in drawings)


def test_both_themes_print_and_phone_are_styled(broken):
    _, source, page = broken
    assert "prefers-color-scheme: dark" in source and "@media print" in source
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.elements


ATTACK = "<script>alert(1)</script>"


def test_names_and_values_cannot_become_markup(tmp_path):
    real, synthetic = table(1, 300), table(2, 800)
    synthetic["x"] += 30
    rename = {"x": ATTACK, "y": "\"onload='x'", "kind": "</style></title><b>{{ 7 * 7 }}"}
    for frame in (real, synthetic):
        frame["kind"] = frame["kind"].replace({"large": "<img src=x onerror=alert(2)>", "small": "a\x00&amp;"})
    _, source, page = page_of(tmp_path, real.rename(columns=rename), synthetic.rename(columns=rename), title=f"T {ATTACK}")
    assert "<script" not in source and "<img" not in source and "</style></title><b>" not in source
    assert "{{ 7 * 7 }}" in source
    assert not {tag for tag, _ in page.elements} & {"script", "img", "b onload"}
    assert f"T {ATTACK}" in page.texts


def test_the_same_tables_give_the_same_bytes(tmp_path):
    sources = [page_of(tmp_path, table(1, 200), table(2, 300))[1] for _ in range(2)]
    assert sources[0] == sources[1]


def test_an_existing_file_is_kept_unless_forced(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(OutputError, match="report.html exists"):
        write_report(table(1, 100), table(2, 100), path)
    assert path.read_text() == "mine"


def test_a_failure_leaves_nothing(tmp_path):
    with pytest.raises(DataError, match="none can be compared"):
        write_report(pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), tmp_path / "report.html")
    with pytest.raises(OutputError, match="missing"):
        write_report(table(1, 50), table(2, 50), tmp_path / "missing" / "report.html")
    assert list(tmp_path.iterdir()) == []


def one_column():
    return pd.DataFrame({"only": [1.0, 2.0, 3.0, 4.0]})


def odd_columns():
    n = 60
    return pd.DataFrame({
        "constant": np.full(n, 3.0), "empty": np.full(n, np.nan), "huge": np.linspace(1e300, 1.5e300, n), "tiny": np.linspace(1, 2, n) * 1e-300,
        "far": 1e9 + np.arange(n) * 1e-3, "bool": [True, False] * 30, "id": [f"u{i}" for i in range(n)], "levels": [f"l{i % 25}" for i in range(n)],
        "skew": np.exp(np.linspace(-5, 15, n)), "": ["blank", "name"] * 30,
    })  # fmt: skip


@pytest.mark.parametrize("make", [one_column, odd_columns])
def test_odd_tables_get_a_page(tmp_path, make):
    fidelity, source, _ = page_of(tmp_path, make(), make())
    assert [s for s in fidelity.what_is_wrong() if "identifier" not in s and "copies" not in s and "too close" not in s] == []
    assert not re.search(r"\bnan\b|\binf\b", re.sub(r"<style>.*?</style>", "", source, flags=re.S))


def test_one_row_gets_a_page(tmp_path):
    assert page_of(tmp_path, table(1, 1), table(2, 1))[0].findings == ()


def test_bars_hold_every_value_and_outliers_are_admitted():
    g = np.random.default_rng(1)
    x, y = g.normal(size=500), g.normal(size=800)
    edges = bins(x, y)
    assert edges[0] <= min(x.min(), y.min()) and edges[-1] >= max(x.max(), y.max())
    whole = bins(np.array([2007.0, 2009.0]), np.array([2008.0]), whole=True)
    assert whole.tolist() == [2006.5, 2007.5, 2008.5, 2009.5]
    drawing, note = histogram(np.append(x, 1e6), y, name="x")
    assert "beyond the axis" in note and drawing.count("<rect") < 50


def test_numbers_of_a_card_wrap_rather_than_run_over_its_edge():
    """Dates and times are long: cells of the small tables may break, their headings not."""
    from importlib.resources import files

    style = (files("statsim.report") / "style.css").read_text()
    rule = next(line for line in style.splitlines() if line.startswith(".mini th, .mini td"))
    assert "nowrap" not in rule.split("}")[0]
