"""Robustness: how much accuracy is lost, or how far predicted numbers move, when the same rows are asked again with changed inputs.

Each check changes the inputs in one way; rows are compared in pairs, before and after.
"""
