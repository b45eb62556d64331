"""Charts, a file per kind: a Vega-Lite specification, rendered to SVG without a browser or a network."""
