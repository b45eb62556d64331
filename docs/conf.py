"""Sphinx: Markdown pages, no request to anywhere."""

project = "Assay"
author = "the Assay authors"
extensions = ["myst_parser"]
html_theme = "furo"
exclude_patterns = ["_build"]
myst_heading_anchors = 3
