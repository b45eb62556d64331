"""Benchmarks: Assay beside fairlearn, and beside the bare scan and prediction, side by side in one run."""
