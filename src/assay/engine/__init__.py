"""Passes over the data: tasks, what a batch adds to a tally, the workers that do it, and finished partitions.

The tally of a pass is the same bytes for any number of workers, and after any interruption.
"""
