"""Privacy: what a model gives away about the people from whose rows it learned."""
