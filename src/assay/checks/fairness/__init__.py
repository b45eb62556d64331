"""Fairness: how rates and calibration differ between the groups of a protected attribute or an intersection."""
