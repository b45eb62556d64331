"""Data: whether the rows are what the dictionary says, whole, unrepeated, unshared between splits, and of all groups.

All of it is counted in full, without inference and without the model.
"""
