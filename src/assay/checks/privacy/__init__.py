"""Privacy: what the data say about people, what a model gives away about those from whose rows it learned, and what a claim promises them."""
