"""Sphinx configuration. The build needs no network: nothing is fetched, and every example is executed."""

import os
import tempfile

import statsim

project = "statsim"
author = "The statsim developers"
copyright = "2026, The statsim developers"  # noqa: A001
version = release = statsim.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "**/*.ipynb"]
templates_path = ["_templates"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_member_order = "groupwise"
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

os.environ.setdefault("MPLBACKEND", "agg")
_scratch = tempfile.mkdtemp(prefix="statsim-docs-")  # examples write their files here, never into the checkout


def _into_scratch(gallery_conf, fname):
    os.chdir(_scratch)


sphinx_gallery_conf = {
    "examples_dirs": ["../examples"],
    "gallery_dirs": ["gallery"],
    "filename_pattern": r"[\\/][^_][^\\/]*\.py$",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_memory": False,
    "min_reported_time": 1e9,
    "reset_modules": ("matplotlib", _into_scratch),
    "show_signature": False,
    "nested_sections": False,
    "write_computation_times": False,
}

html_theme = "pydata_sphinx_theme"
html_title = "statsim"
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_nav_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
suppress_warnings = ["config.cache"]  # gallery settings hold a function, which Sphinx cannot pickle
