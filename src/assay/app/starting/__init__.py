"""A first text: what a team writes, begun from the columns that are there."""
