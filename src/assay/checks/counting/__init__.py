"""What several checks count alike: a table or a count that each of them takes, and says something else of."""
