"""Documentation: whether the sections that the specification requires of itself are written."""
