"""One file per format of data: what it holds without reading its rows, and its rows batch by batch."""
