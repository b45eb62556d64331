"""A run: from a specification to a stored decision, locked before and repeatable after."""
