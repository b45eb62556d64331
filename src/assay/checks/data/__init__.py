"""Data: whether the rows are what the dictionary says, whole, unrepeated, unshared between splits, and of all groups.

Facts of a file are counted in full, without inference; what is said of rows like them has bounds. The model is not asked, but one check
has the recipe train models.
"""
