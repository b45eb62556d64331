"""Mergeable integer counts. Any partitioning of the rows, merged in any order, gives the same tally."""
